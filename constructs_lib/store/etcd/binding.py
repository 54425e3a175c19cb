"""What a client of etcd gets."""

from __future__ import annotations

from typing import Literal

from constructs_lib.refs import Binding


class EtcdBinding(Binding):
    """A binding that tells besides how long the data last."""

    when_deleted: Literal["Retain", "Delete"] = "Retain"
    """What becomes of the volumes when the store is deleted. PostgreSQL's have to go or stay with
    them: an etcd that knows another cluster refuses its members."""
