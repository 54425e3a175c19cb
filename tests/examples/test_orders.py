"""Another team installs the wheel into an empty environment and synthesises its own app."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "orders"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # A copy, because setuptools leaves its build folder beside the sources.
    source = folder / "source"
    tracked = ["constructs_lib", "pyproject.toml", "README.md", "LICENSE"]
    source.mkdir()
    for name in tracked:
        subprocess.run(["cp", "-r", ROOT / name, source / name], check=True)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("consumer")
    venv.create(folder, with_pip=True)
    interpreter = folder / "bin" / "python"
    pins = ROOT / "requirements.txt"
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(interpreter, *pip, "--constraint", pins, f"{wheel}[node]")
    return interpreter


def run(*command: str | Path, **settings: str | Path) -> str:
    # Nothing of this project's own environment may help.
    environment = {k: v for k, v in os.environ.items() if k not in ("JSII_NODE", "PYTHONPATH")}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"CDK8S_OUTDIR": str(settings.get("out", ""))},
        cwd=settings.get("cwd"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_wheel_holds_one_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    top = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert top == {"constructs_lib"}
    assert "constructs_lib/py.typed" in names


def test_the_example_renders_beside_bindings_and_objects_of_its_own(
    python: Path, tmp_path: Path
) -> None:
    said = run(python, "main.py", cwd=EXAMPLE, out=tmp_path)
    (line,) = said.splitlines()
    assert line.startswith("stage: 3 pods on ")
    text = (tmp_path / "stage" / "orders" / "orders.k8s.yaml").read_text()
    objects = [(item["kind"], item["metadata"]["name"]) for item in yaml.safe_load_all(text)]
    assert ("Deployment", "orders-api") in objects
    assert ("Ingress", "gateway") in objects
    assert ("ConfigMap", "orders-limits") in objects
    assert ("Certificate", "orders-signing") in objects


def test_the_library_that_was_imported_is_the_installed_one(python: Path, tmp_path: Path) -> None:
    code = "import constructs_lib; print(constructs_lib.__file__)"
    assert str(python.parents[1]) in run(python, "-c", code, cwd=tmp_path)
