"""References: what one construct may know of another. Identity only; nothing here renders."""

from constructs_lib.bindings import Binding, VariableStyle, variable_name
from constructs_lib.endpoints import Endpoint
from constructs_lib.keys import ConfigMapKey, SecretKey, plus_name
from constructs_lib.peers import ANYWHERE, Cidrs, Peer, Pods
from constructs_lib.ports import AppProtocol, Port, Ports, Protocol

__all__ = [
    "ANYWHERE",
    "AppProtocol",
    "Binding",
    "Cidrs",
    "ConfigMapKey",
    "Endpoint",
    "Peer",
    "Pods",
    "Port",
    "Ports",
    "Protocol",
    "SecretKey",
    "VariableStyle",
    "plus_name",
    "variable_name",
]
