"""The least that any cdk8s program in Python does: import both libraries, write an empty App."""

import sys

import cdk8s
import cdk8s_plus_27  # noqa: F401  (what is measured)

if __name__ == "__main__":
    cdk8s.App(outdir=sys.argv[1]).synth()
