"""The ``nova`` program."""

import sys


def main() -> None:
    """Run the command line; without the extra ``cli``, say how to get it."""
    try:
        import typer  # noqa: PLC0415  (not there without the extra)

        from constructs_lib.cli.local import app as local  # noqa: PLC0415  (as above)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("rich", "typer"):
            raise
        sys.exit("nova needs Typer and Rich; run: pip install 'nova-constructs[cli]'")
    nova = typer.Typer(no_args_is_help=True, add_completion=False, help="Nova's command line.")
    nova.callback()(lambda: None)
    nova.add_typer(local, name="local")
    nova()


if __name__ == "__main__":
    main()
