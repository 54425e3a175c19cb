from __future__ import annotations

from pkgutil import extend_path
__path__ = extend_path(__path__, __name__)

import abc
import builtins
import datetime
import enum
import typing

import jsii
import publication
import typing_extensions

from jsii._type_checking import cached_type_hints, check_type


from ._jsii import *

class _LazyImport:
    def __init__(self, module_name: str) -> None:
        self._module_name = module_name
        self._module: typing.Any = None
    def __getattr__(self, name: str) -> typing.Any:
        if self._module is None:
            import importlib
            self._module = importlib.import_module(self._module_name)
        return getattr(self._module, name)

if typing.TYPE_CHECKING:

    import cdk8s as _cdk8s_d3d9af27
    import constructs as _constructs_77d1e7e8
else:

    _cdk8s_d3d9af27 = _LazyImport("cdk8s")
    _constructs_77d1e7e8 = _LazyImport("constructs")


class BackendTrafficPolicy(
    _cdk8s_d3d9af27.ApiObject,
    metaclass=jsii.JSIIMeta,
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicy",
):
    '''How requests travel from the proxy to the Services.

    :schema: BackendTrafficPolicy
    '''

    def __init__(
        self,
        scope: "_constructs_77d1e7e8.Construct",
        id: builtins.str,
        *,
        spec: typing.Union["BackendTrafficPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Defines a "BackendTrafficPolicy" API object.

        :param scope: the scope in which to define this object.
        :param id: a scope-local name for the object.
        :param spec: What the policy is for and what it sets.
        :param metadata: 
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__ccb77dad5c287a7c348509b4160b688d7812b1261919a21b95f38ab447eb0ca5)
            check_type(argname="argument scope", value=scope, expected_type=type_hints["scope"])
            check_type(argname="argument id", value=id, expected_type=type_hints["id"])
        props = BackendTrafficPolicyProps(spec=spec, metadata=metadata)

        jsii.create(self.__class__, self, [scope, id, props])

    @jsii.member(jsii_name="manifest")
    @builtins.classmethod
    def manifest(
        cls,
        *,
        spec: typing.Union["BackendTrafficPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> typing.Any:
        '''Renders a Kubernetes manifest for "BackendTrafficPolicy".

        This can be used to inline resource manifests inside other objects (e.g. as templates).

        :param spec: What the policy is for and what it sets.
        :param metadata: 
        '''
        props = BackendTrafficPolicyProps(spec=spec, metadata=metadata)

        return typing.cast(typing.Any, jsii.sinvoke(cls, "manifest", [props]))

    @jsii.member(jsii_name="toJson")
    def to_json(self) -> typing.Any:
        '''Renders the object to Kubernetes JSON.'''
        return typing.cast(typing.Any, jsii.invoke(self, "toJson", []))

    @jsii.python.classproperty
    @jsii.member(jsii_name="GVK")
    def GVK(cls) -> "_cdk8s_d3d9af27.GroupVersionKind":
        '''Returns the apiVersion and kind for "BackendTrafficPolicy".'''
        return typing.cast("_cdk8s_d3d9af27.GroupVersionKind", jsii.sget(cls, "GVK"))


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicyProps",
    jsii_struct_bases=[],
    name_mapping={"spec": "spec", "metadata": "metadata"},
)
class BackendTrafficPolicyProps:
    def __init__(
        self,
        *,
        spec: typing.Union["BackendTrafficPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''How requests travel from the proxy to the Services.

        :param spec: What the policy is for and what it sets.
        :param metadata: 

        :schema: BackendTrafficPolicy
        '''
        if isinstance(spec, dict):
            spec = BackendTrafficPolicySpec(**spec)
        if isinstance(metadata, dict):
            metadata = _cdk8s_d3d9af27.ApiObjectMetadata(**metadata)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__18a72f64ac34e9d41d848081874f31550c1294198ce53ed3034d3ddb323584eb)
            check_type(argname="argument spec", value=spec, expected_type=type_hints["spec"])
            check_type(argname="argument metadata", value=metadata, expected_type=type_hints["metadata"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "spec": spec,
        }
        if metadata is not None:
            self._values["metadata"] = metadata

    @builtins.property
    def spec(self) -> "BackendTrafficPolicySpec":
        '''What the policy is for and what it sets.

        :schema: BackendTrafficPolicy#spec
        '''
        result = self._values.get("spec")
        assert result is not None, "Required property 'spec' is missing"
        return typing.cast("BackendTrafficPolicySpec", result)

    @builtins.property
    def metadata(self) -> typing.Optional["_cdk8s_d3d9af27.ApiObjectMetadata"]:
        '''
        :schema: BackendTrafficPolicy#metadata
        '''
        result = self._values.get("metadata")
        return typing.cast(typing.Optional["_cdk8s_d3d9af27.ApiObjectMetadata"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicyProps(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpec",
    jsii_struct_bases=[],
    name_mapping={
        "connection": "connection",
        "http_upgrade": "httpUpgrade",
        "load_balancer": "loadBalancer",
        "rate_limit": "rateLimit",
        "request_buffer": "requestBuffer",
        "retry": "retry",
        "target_refs": "targetRefs",
        "timeout": "timeout",
    },
)
class BackendTrafficPolicySpec:
    def __init__(
        self,
        *,
        connection: typing.Optional[typing.Union["BackendTrafficPolicySpecConnection", typing.Dict[builtins.str, typing.Any]]] = None,
        http_upgrade: typing.Optional[typing.Sequence[typing.Union["BackendTrafficPolicySpecHttpUpgrade", typing.Dict[builtins.str, typing.Any]]]] = None,
        load_balancer: typing.Optional[typing.Union["BackendTrafficPolicySpecLoadBalancer", typing.Dict[builtins.str, typing.Any]]] = None,
        rate_limit: typing.Optional[typing.Union["BackendTrafficPolicySpecRateLimit", typing.Dict[builtins.str, typing.Any]]] = None,
        request_buffer: typing.Optional[typing.Union["BackendTrafficPolicySpecRequestBuffer", typing.Dict[builtins.str, typing.Any]]] = None,
        retry: typing.Optional[typing.Union["BackendTrafficPolicySpecRetry", typing.Dict[builtins.str, typing.Any]]] = None,
        target_refs: typing.Optional[typing.Sequence[typing.Union["BackendTrafficPolicySpecTargetRefs", typing.Dict[builtins.str, typing.Any]]]] = None,
        timeout: typing.Optional[typing.Union["BackendTrafficPolicySpecTimeout", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''What the policy is for and what it sets.

        :param connection: Connections to the Services.
        :param http_upgrade: Protocols a request may change to.
        :param load_balancer: How one of the pods is chosen.
        :param rate_limit: How many requests are let through.
        :param request_buffer: Takes in the whole request before it goes on.
        :param retry: When a failed request is sent again.
        :param target_refs: Gateways and routes the policy is for.
        :param timeout: Time limits towards the Services.

        :schema: BackendTrafficPolicySpec
        '''
        if isinstance(connection, dict):
            connection = BackendTrafficPolicySpecConnection(**connection)
        if isinstance(load_balancer, dict):
            load_balancer = BackendTrafficPolicySpecLoadBalancer(**load_balancer)
        if isinstance(rate_limit, dict):
            rate_limit = BackendTrafficPolicySpecRateLimit(**rate_limit)
        if isinstance(request_buffer, dict):
            request_buffer = BackendTrafficPolicySpecRequestBuffer(**request_buffer)
        if isinstance(retry, dict):
            retry = BackendTrafficPolicySpecRetry(**retry)
        if isinstance(timeout, dict):
            timeout = BackendTrafficPolicySpecTimeout(**timeout)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__a58e394c0cc3770f6966fb02db750da3ab52d3fc2019749f17e58603324dcd4b)
            check_type(argname="argument connection", value=connection, expected_type=type_hints["connection"])
            check_type(argname="argument http_upgrade", value=http_upgrade, expected_type=type_hints["http_upgrade"])
            check_type(argname="argument load_balancer", value=load_balancer, expected_type=type_hints["load_balancer"])
            check_type(argname="argument rate_limit", value=rate_limit, expected_type=type_hints["rate_limit"])
            check_type(argname="argument request_buffer", value=request_buffer, expected_type=type_hints["request_buffer"])
            check_type(argname="argument retry", value=retry, expected_type=type_hints["retry"])
            check_type(argname="argument target_refs", value=target_refs, expected_type=type_hints["target_refs"])
            check_type(argname="argument timeout", value=timeout, expected_type=type_hints["timeout"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if connection is not None:
            self._values["connection"] = connection
        if http_upgrade is not None:
            self._values["http_upgrade"] = http_upgrade
        if load_balancer is not None:
            self._values["load_balancer"] = load_balancer
        if rate_limit is not None:
            self._values["rate_limit"] = rate_limit
        if request_buffer is not None:
            self._values["request_buffer"] = request_buffer
        if retry is not None:
            self._values["retry"] = retry
        if target_refs is not None:
            self._values["target_refs"] = target_refs
        if timeout is not None:
            self._values["timeout"] = timeout

    @builtins.property
    def connection(self) -> typing.Optional["BackendTrafficPolicySpecConnection"]:
        '''Connections to the Services.

        :schema: BackendTrafficPolicySpec#connection
        '''
        result = self._values.get("connection")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecConnection"], result)

    @builtins.property
    def http_upgrade(
        self,
    ) -> typing.Optional[typing.List["BackendTrafficPolicySpecHttpUpgrade"]]:
        '''Protocols a request may change to.

        :schema: BackendTrafficPolicySpec#httpUpgrade
        '''
        result = self._values.get("http_upgrade")
        return typing.cast(typing.Optional[typing.List["BackendTrafficPolicySpecHttpUpgrade"]], result)

    @builtins.property
    def load_balancer(self) -> typing.Optional["BackendTrafficPolicySpecLoadBalancer"]:
        '''How one of the pods is chosen.

        :schema: BackendTrafficPolicySpec#loadBalancer
        '''
        result = self._values.get("load_balancer")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecLoadBalancer"], result)

    @builtins.property
    def rate_limit(self) -> typing.Optional["BackendTrafficPolicySpecRateLimit"]:
        '''How many requests are let through.

        :schema: BackendTrafficPolicySpec#rateLimit
        '''
        result = self._values.get("rate_limit")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimit"], result)

    @builtins.property
    def request_buffer(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecRequestBuffer"]:
        '''Takes in the whole request before it goes on.

        :schema: BackendTrafficPolicySpec#requestBuffer
        '''
        result = self._values.get("request_buffer")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRequestBuffer"], result)

    @builtins.property
    def retry(self) -> typing.Optional["BackendTrafficPolicySpecRetry"]:
        '''When a failed request is sent again.

        :schema: BackendTrafficPolicySpec#retry
        '''
        result = self._values.get("retry")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRetry"], result)

    @builtins.property
    def target_refs(
        self,
    ) -> typing.Optional[typing.List["BackendTrafficPolicySpecTargetRefs"]]:
        '''Gateways and routes the policy is for.

        :schema: BackendTrafficPolicySpec#targetRefs
        '''
        result = self._values.get("target_refs")
        return typing.cast(typing.Optional[typing.List["BackendTrafficPolicySpecTargetRefs"]], result)

    @builtins.property
    def timeout(self) -> typing.Optional["BackendTrafficPolicySpecTimeout"]:
        '''Time limits towards the Services.

        :schema: BackendTrafficPolicySpec#timeout
        '''
        result = self._values.get("timeout")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecTimeout"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpec(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecConnection",
    jsii_struct_bases=[],
    name_mapping={"buffer_limit": "bufferLimit"},
)
class BackendTrafficPolicySpecConnection:
    def __init__(
        self,
        *,
        buffer_limit: typing.Optional["BackendTrafficPolicySpecConnectionBufferLimit"] = None,
    ) -> None:
        '''Connections to the Services.

        :param buffer_limit: Bytes kept for each connection.

        :schema: BackendTrafficPolicySpecConnection
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__7055c05e62590f14922a6eb441ad06a7bdcd7f160c10e3c9fe018ee01641281d)
            check_type(argname="argument buffer_limit", value=buffer_limit, expected_type=type_hints["buffer_limit"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if buffer_limit is not None:
            self._values["buffer_limit"] = buffer_limit

    @builtins.property
    def buffer_limit(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecConnectionBufferLimit"]:
        '''Bytes kept for each connection.

        :schema: BackendTrafficPolicySpecConnection#bufferLimit
        '''
        result = self._values.get("buffer_limit")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecConnectionBufferLimit"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecConnection(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


class BackendTrafficPolicySpecConnectionBufferLimit(
    metaclass=jsii.JSIIMeta,
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecConnectionBufferLimit",
):
    '''Bytes kept for each connection.

    :schema: BackendTrafficPolicySpecConnectionBufferLimit
    '''

    @jsii.member(jsii_name="fromNumber")
    @builtins.classmethod
    def from_number(
        cls,
        value: jsii.Number,
    ) -> "BackendTrafficPolicySpecConnectionBufferLimit":
        '''
        :param value: -
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__9dab59d2a727e158bd8ab98a68210445b998b2ca1beaf8b940d91449eeac0dce)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        return typing.cast("BackendTrafficPolicySpecConnectionBufferLimit", jsii.sinvoke(cls, "fromNumber", [value]))

    @jsii.member(jsii_name="fromString")
    @builtins.classmethod
    def from_string(
        cls,
        value: builtins.str,
    ) -> "BackendTrafficPolicySpecConnectionBufferLimit":
        '''
        :param value: -
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__87752c35823ef364e01e85331830442d023370a98ae1fba830908d78353c2fdf)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        return typing.cast("BackendTrafficPolicySpecConnectionBufferLimit", jsii.sinvoke(cls, "fromString", [value]))

    @builtins.property
    @jsii.member(jsii_name="value")
    def value(self) -> typing.Union[builtins.str, jsii.Number]:
        return typing.cast(typing.Union[builtins.str, jsii.Number], jsii.get(self, "value"))


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecHttpUpgrade",
    jsii_struct_bases=[],
    name_mapping={"type": "type"},
)
class BackendTrafficPolicySpecHttpUpgrade:
    def __init__(self, *, type: builtins.str) -> None:
        '''
        :param type: Name of the protocol, for example websocket.

        :schema: BackendTrafficPolicySpecHttpUpgrade
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__75bfb9e7ea98c42cf3e911d611585d3cb5ff3de3c88cd571fb79ab63cbd7635a)
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "type": type,
        }

    @builtins.property
    def type(self) -> builtins.str:
        '''Name of the protocol, for example websocket.

        :schema: BackendTrafficPolicySpecHttpUpgrade#type
        '''
        result = self._values.get("type")
        assert result is not None, "Required property 'type' is missing"
        return typing.cast(builtins.str, result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecHttpUpgrade(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecLoadBalancer",
    jsii_struct_bases=[],
    name_mapping={"type": "type", "consistent_hash": "consistentHash"},
)
class BackendTrafficPolicySpecLoadBalancer:
    def __init__(
        self,
        *,
        type: "BackendTrafficPolicySpecLoadBalancerType",
        consistent_hash: typing.Optional[typing.Union["BackendTrafficPolicySpecLoadBalancerConsistentHash", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''How one of the pods is chosen.

        :param type: Method of the choice.
        :param consistent_hash: What keeps a client on one pod, for ConsistentHash.

        :schema: BackendTrafficPolicySpecLoadBalancer
        '''
        if isinstance(consistent_hash, dict):
            consistent_hash = BackendTrafficPolicySpecLoadBalancerConsistentHash(**consistent_hash)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__32df35ff3dcde37db281865300f234b6fb3acf83432b8b8114374a8f3e1793ff)
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
            check_type(argname="argument consistent_hash", value=consistent_hash, expected_type=type_hints["consistent_hash"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "type": type,
        }
        if consistent_hash is not None:
            self._values["consistent_hash"] = consistent_hash

    @builtins.property
    def type(self) -> "BackendTrafficPolicySpecLoadBalancerType":
        '''Method of the choice.

        :schema: BackendTrafficPolicySpecLoadBalancer#type
        '''
        result = self._values.get("type")
        assert result is not None, "Required property 'type' is missing"
        return typing.cast("BackendTrafficPolicySpecLoadBalancerType", result)

    @builtins.property
    def consistent_hash(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecLoadBalancerConsistentHash"]:
        '''What keeps a client on one pod, for ConsistentHash.

        :schema: BackendTrafficPolicySpecLoadBalancer#consistentHash
        '''
        result = self._values.get("consistent_hash")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecLoadBalancerConsistentHash"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecLoadBalancer(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecLoadBalancerConsistentHash",
    jsii_struct_bases=[],
    name_mapping={"type": "type", "cookie": "cookie"},
)
class BackendTrafficPolicySpecLoadBalancerConsistentHash:
    def __init__(
        self,
        *,
        type: "BackendTrafficPolicySpecLoadBalancerConsistentHashType",
        cookie: typing.Optional[typing.Union["BackendTrafficPolicySpecLoadBalancerConsistentHashCookie", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''What keeps a client on one pod, for ConsistentHash.

        :param type: By client address or by a cookie.
        :param cookie: The cookie, for Cookie.

        :schema: BackendTrafficPolicySpecLoadBalancerConsistentHash
        '''
        if isinstance(cookie, dict):
            cookie = BackendTrafficPolicySpecLoadBalancerConsistentHashCookie(**cookie)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__32e8b3c717cd685e6ebdaa32df998d8843e55ff2e68fe8cf80b12703c03d7e5d)
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
            check_type(argname="argument cookie", value=cookie, expected_type=type_hints["cookie"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "type": type,
        }
        if cookie is not None:
            self._values["cookie"] = cookie

    @builtins.property
    def type(self) -> "BackendTrafficPolicySpecLoadBalancerConsistentHashType":
        '''By client address or by a cookie.

        :schema: BackendTrafficPolicySpecLoadBalancerConsistentHash#type
        '''
        result = self._values.get("type")
        assert result is not None, "Required property 'type' is missing"
        return typing.cast("BackendTrafficPolicySpecLoadBalancerConsistentHashType", result)

    @builtins.property
    def cookie(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecLoadBalancerConsistentHashCookie"]:
        '''The cookie, for Cookie.

        :schema: BackendTrafficPolicySpecLoadBalancerConsistentHash#cookie
        '''
        result = self._values.get("cookie")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecLoadBalancerConsistentHashCookie"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecLoadBalancerConsistentHash(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecLoadBalancerConsistentHashCookie",
    jsii_struct_bases=[],
    name_mapping={"name": "name", "attributes": "attributes", "ttl": "ttl"},
)
class BackendTrafficPolicySpecLoadBalancerConsistentHashCookie:
    def __init__(
        self,
        *,
        name: builtins.str,
        attributes: typing.Optional[typing.Mapping[builtins.str, builtins.str]] = None,
        ttl: typing.Optional[builtins.str] = None,
    ) -> None:
        '''The cookie, for Cookie.

        :param name: Name of the cookie.
        :param attributes: Attributes of the cookie, for example SameSite.
        :param ttl: Life of a cookie the proxy makes itself; without it, it makes none.

        :schema: BackendTrafficPolicySpecLoadBalancerConsistentHashCookie
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__b870ca0a3e05d8341442f4c84f20c01be1859af378c9593768415b51f4ec0879)
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument attributes", value=attributes, expected_type=type_hints["attributes"])
            check_type(argname="argument ttl", value=ttl, expected_type=type_hints["ttl"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "name": name,
        }
        if attributes is not None:
            self._values["attributes"] = attributes
        if ttl is not None:
            self._values["ttl"] = ttl

    @builtins.property
    def name(self) -> builtins.str:
        '''Name of the cookie.

        :schema: BackendTrafficPolicySpecLoadBalancerConsistentHashCookie#name
        '''
        result = self._values.get("name")
        assert result is not None, "Required property 'name' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def attributes(self) -> typing.Optional[typing.Mapping[builtins.str, builtins.str]]:
        '''Attributes of the cookie, for example SameSite.

        :schema: BackendTrafficPolicySpecLoadBalancerConsistentHashCookie#attributes
        '''
        result = self._values.get("attributes")
        return typing.cast(typing.Optional[typing.Mapping[builtins.str, builtins.str]], result)

    @builtins.property
    def ttl(self) -> typing.Optional[builtins.str]:
        '''Life of a cookie the proxy makes itself;

        without it, it makes none.

        :schema: BackendTrafficPolicySpecLoadBalancerConsistentHashCookie#ttl
        '''
        result = self._values.get("ttl")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecLoadBalancerConsistentHashCookie(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecLoadBalancerConsistentHashType"
)
class BackendTrafficPolicySpecLoadBalancerConsistentHashType(enum.Enum):
    '''By client address or by a cookie.

    :schema: BackendTrafficPolicySpecLoadBalancerConsistentHashType
    '''

    SOURCE_IP = "SOURCE_IP"
    '''SourceIP.'''
    COOKIE = "COOKIE"
    '''Cookie.'''


@jsii.enum(jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecLoadBalancerType")
class BackendTrafficPolicySpecLoadBalancerType(enum.Enum):
    '''Method of the choice.

    :schema: BackendTrafficPolicySpecLoadBalancerType
    '''

    CONSISTENT_HASH = "CONSISTENT_HASH"
    '''ConsistentHash.'''
    LEAST_REQUEST = "LEAST_REQUEST"
    '''LeastRequest.'''
    RANDOM = "RANDOM"
    '''Random.'''
    ROUND_ROBIN = "ROUND_ROBIN"
    '''RoundRobin.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimit",
    jsii_struct_bases=[],
    name_mapping={"global_": "global", "local": "local"},
)
class BackendTrafficPolicySpecRateLimit:
    def __init__(
        self,
        *,
        global_: typing.Optional[typing.Union["BackendTrafficPolicySpecRateLimitGlobal", typing.Dict[builtins.str, typing.Any]]] = None,
        local: typing.Optional[typing.Union["BackendTrafficPolicySpecRateLimitLocal", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''How many requests are let through.

        :param global_: Limits counted once for all replicas by a rate limit service.
        :param local: Limits that each proxy replica counts for itself.

        :schema: BackendTrafficPolicySpecRateLimit
        '''
        if isinstance(global_, dict):
            global_ = BackendTrafficPolicySpecRateLimitGlobal(**global_)
        if isinstance(local, dict):
            local = BackendTrafficPolicySpecRateLimitLocal(**local)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__e91534ee135b9777657b789214c2ae6c201cab7c0732b9d4ba1552a3be63f191)
            check_type(argname="argument global_", value=global_, expected_type=type_hints["global_"])
            check_type(argname="argument local", value=local, expected_type=type_hints["local"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if global_ is not None:
            self._values["global_"] = global_
        if local is not None:
            self._values["local"] = local

    @builtins.property
    def global_(self) -> typing.Optional["BackendTrafficPolicySpecRateLimitGlobal"]:
        '''Limits counted once for all replicas by a rate limit service.

        :schema: BackendTrafficPolicySpecRateLimit#global
        '''
        result = self._values.get("global_")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimitGlobal"], result)

    @builtins.property
    def local(self) -> typing.Optional["BackendTrafficPolicySpecRateLimitLocal"]:
        '''Limits that each proxy replica counts for itself.

        :schema: BackendTrafficPolicySpecRateLimit#local
        '''
        result = self._values.get("local")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimitLocal"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimit(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobal",
    jsii_struct_bases=[],
    name_mapping={"rules": "rules"},
)
class BackendTrafficPolicySpecRateLimitGlobal:
    def __init__(
        self,
        *,
        rules: typing.Sequence[typing.Union["BackendTrafficPolicySpecRateLimitGlobalRules", typing.Dict[builtins.str, typing.Any]]],
    ) -> None:
        '''Limits counted once for all replicas by a rate limit service.

        :param rules: Limits; a request is refused as soon as one is used up.

        :schema: BackendTrafficPolicySpecRateLimitGlobal
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__206df3e205b7a66f4002dbe04097666ff3e2267a27df4e19e291703411c6b29e)
            check_type(argname="argument rules", value=rules, expected_type=type_hints["rules"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "rules": rules,
        }

    @builtins.property
    def rules(self) -> typing.List["BackendTrafficPolicySpecRateLimitGlobalRules"]:
        '''Limits;

        a request is refused as soon as one is used up.

        :schema: BackendTrafficPolicySpecRateLimitGlobal#rules
        '''
        result = self._values.get("rules")
        assert result is not None, "Required property 'rules' is missing"
        return typing.cast(typing.List["BackendTrafficPolicySpecRateLimitGlobalRules"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitGlobal(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobalRules",
    jsii_struct_bases=[],
    name_mapping={
        "limit": "limit",
        "client_selectors": "clientSelectors",
        "shared": "shared",
    },
)
class BackendTrafficPolicySpecRateLimitGlobalRules:
    def __init__(
        self,
        *,
        limit: typing.Union["BackendTrafficPolicySpecRateLimitGlobalRulesLimit", typing.Dict[builtins.str, typing.Any]],
        client_selectors: typing.Optional[typing.Sequence[typing.Union["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors", typing.Dict[builtins.str, typing.Any]]]] = None,
        shared: typing.Optional[builtins.bool] = None,
    ) -> None:
        '''
        :param limit: Requests in a span of time.
        :param client_selectors: Requests the limit counts; without it, all of them.
        :param shared: One count over all routes of the policy instead of one for each.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRules
        '''
        if isinstance(limit, dict):
            limit = BackendTrafficPolicySpecRateLimitGlobalRulesLimit(**limit)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__a183ddab4a2c53730b81e8a5c8045ee17ccb245290fb5e5f54e2e7a356f22571)
            check_type(argname="argument limit", value=limit, expected_type=type_hints["limit"])
            check_type(argname="argument client_selectors", value=client_selectors, expected_type=type_hints["client_selectors"])
            check_type(argname="argument shared", value=shared, expected_type=type_hints["shared"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "limit": limit,
        }
        if client_selectors is not None:
            self._values["client_selectors"] = client_selectors
        if shared is not None:
            self._values["shared"] = shared

    @builtins.property
    def limit(self) -> "BackendTrafficPolicySpecRateLimitGlobalRulesLimit":
        '''Requests in a span of time.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRules#limit
        '''
        result = self._values.get("limit")
        assert result is not None, "Required property 'limit' is missing"
        return typing.cast("BackendTrafficPolicySpecRateLimitGlobalRulesLimit", result)

    @builtins.property
    def client_selectors(
        self,
    ) -> typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors"]]:
        '''Requests the limit counts;

        without it, all of them.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRules#clientSelectors
        '''
        result = self._values.get("client_selectors")
        return typing.cast(typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors"]], result)

    @builtins.property
    def shared(self) -> typing.Optional[builtins.bool]:
        '''One count over all routes of the policy instead of one for each.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRules#shared
        '''
        result = self._values.get("shared")
        return typing.cast(typing.Optional[builtins.bool], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitGlobalRules(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors",
    jsii_struct_bases=[],
    name_mapping={"headers": "headers", "source_cidr": "sourceCidr"},
)
class BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors:
    def __init__(
        self,
        *,
        headers: typing.Optional[typing.Sequence[typing.Union["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders", typing.Dict[builtins.str, typing.Any]]]] = None,
        source_cidr: typing.Optional[typing.Union["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''
        :param headers: Conditions on headers; all have to hold.
        :param source_cidr: Condition on the client address.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors
        '''
        if isinstance(source_cidr, dict):
            source_cidr = BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr(**source_cidr)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__c3e686e8725c7c8a8c5eb45b860a6f17cf689ef8825a320bc55b778e3fa86a5f)
            check_type(argname="argument headers", value=headers, expected_type=type_hints["headers"])
            check_type(argname="argument source_cidr", value=source_cidr, expected_type=type_hints["source_cidr"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if headers is not None:
            self._values["headers"] = headers
        if source_cidr is not None:
            self._values["source_cidr"] = source_cidr

    @builtins.property
    def headers(
        self,
    ) -> typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders"]]:
        '''Conditions on headers;

        all have to hold.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors#headers
        '''
        result = self._values.get("headers")
        return typing.cast(typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders"]], result)

    @builtins.property
    def source_cidr(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr"]:
        '''Condition on the client address.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors#sourceCIDR
        '''
        result = self._values.get("source_cidr")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders",
    jsii_struct_bases=[],
    name_mapping={"name": "name", "type": "type", "value": "value"},
)
class BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders:
    def __init__(
        self,
        *,
        name: builtins.str,
        type: typing.Optional["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeadersType"] = None,
        value: typing.Optional[builtins.str] = None,
    ) -> None:
        '''
        :param name: Name of the header.
        :param type: How the value is compared or one count for each value.
        :param value: Value or expression.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__72138ad442153dc505f83ca006c1987be0ea835f00404fd5d43cdab9daa7c178)
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "name": name,
        }
        if type is not None:
            self._values["type"] = type
        if value is not None:
            self._values["value"] = value

    @builtins.property
    def name(self) -> builtins.str:
        '''Name of the header.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders#name
        '''
        result = self._values.get("name")
        assert result is not None, "Required property 'name' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def type(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeadersType"]:
        '''How the value is compared or one count for each value.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders#type
        '''
        result = self._values.get("type")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeadersType"], result)

    @builtins.property
    def value(self) -> typing.Optional[builtins.str]:
        '''Value or expression.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders#value
        '''
        result = self._values.get("value")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeadersType"
)
class BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeadersType(enum.Enum):
    '''How the value is compared or one count for each value.

    :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeadersType
    '''

    EXACT = "EXACT"
    '''Exact.'''
    REGULAR_EXPRESSION = "REGULAR_EXPRESSION"
    '''RegularExpression.'''
    DISTINCT = "DISTINCT"
    '''Distinct.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr",
    jsii_struct_bases=[],
    name_mapping={"value": "value", "type": "type"},
)
class BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr:
    def __init__(
        self,
        *,
        value: builtins.str,
        type: typing.Optional["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidrType"] = None,
    ) -> None:
        '''Condition on the client address.

        :param value: Address range.
        :param type: One count for the range or one for each address in it.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__38cd238bdd45f2eb5444755a2e559f6fe9d06bef165b5be77c10ed5653571d4b)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "value": value,
        }
        if type is not None:
            self._values["type"] = type

    @builtins.property
    def value(self) -> builtins.str:
        '''Address range.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr#value
        '''
        result = self._values.get("value")
        assert result is not None, "Required property 'value' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def type(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidrType"]:
        '''One count for the range or one for each address in it.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr#type
        '''
        result = self._values.get("type")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidrType"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidrType"
)
class BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidrType(
    enum.Enum,
):
    '''One count for the range or one for each address in it.

    :schema: BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidrType
    '''

    EXACT = "EXACT"
    '''Exact.'''
    DISTINCT = "DISTINCT"
    '''Distinct.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobalRulesLimit",
    jsii_struct_bases=[],
    name_mapping={"requests": "requests", "unit": "unit"},
)
class BackendTrafficPolicySpecRateLimitGlobalRulesLimit:
    def __init__(
        self,
        *,
        requests: jsii.Number,
        unit: "BackendTrafficPolicySpecRateLimitGlobalRulesLimitUnit",
    ) -> None:
        '''Requests in a span of time.

        :param requests: Number of requests.
        :param unit: Span of time.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesLimit
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__0f5077fa5dd33665b9de11f1ff28ddb727f20442bf0111055fe9df03cdac17a1)
            check_type(argname="argument requests", value=requests, expected_type=type_hints["requests"])
            check_type(argname="argument unit", value=unit, expected_type=type_hints["unit"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "requests": requests,
            "unit": unit,
        }

    @builtins.property
    def requests(self) -> jsii.Number:
        '''Number of requests.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesLimit#requests
        '''
        result = self._values.get("requests")
        assert result is not None, "Required property 'requests' is missing"
        return typing.cast(jsii.Number, result)

    @builtins.property
    def unit(self) -> "BackendTrafficPolicySpecRateLimitGlobalRulesLimitUnit":
        '''Span of time.

        :schema: BackendTrafficPolicySpecRateLimitGlobalRulesLimit#unit
        '''
        result = self._values.get("unit")
        assert result is not None, "Required property 'unit' is missing"
        return typing.cast("BackendTrafficPolicySpecRateLimitGlobalRulesLimitUnit", result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitGlobalRulesLimit(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitGlobalRulesLimitUnit"
)
class BackendTrafficPolicySpecRateLimitGlobalRulesLimitUnit(enum.Enum):
    '''Span of time.

    :schema: BackendTrafficPolicySpecRateLimitGlobalRulesLimitUnit
    '''

    SECOND = "SECOND"
    '''Second.'''
    MINUTE = "MINUTE"
    '''Minute.'''
    HOUR = "HOUR"
    '''Hour.'''
    DAY = "DAY"
    '''Day.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocal",
    jsii_struct_bases=[],
    name_mapping={"rules": "rules"},
)
class BackendTrafficPolicySpecRateLimitLocal:
    def __init__(
        self,
        *,
        rules: typing.Optional[typing.Sequence[typing.Union["BackendTrafficPolicySpecRateLimitLocalRules", typing.Dict[builtins.str, typing.Any]]]] = None,
    ) -> None:
        '''Limits that each proxy replica counts for itself.

        :param rules: Limits; a request is refused as soon as one is used up.

        :schema: BackendTrafficPolicySpecRateLimitLocal
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__4baa84345fe10dc46bda934138c1ed800461ec74c5930742a9ef23af8de0a033)
            check_type(argname="argument rules", value=rules, expected_type=type_hints["rules"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if rules is not None:
            self._values["rules"] = rules

    @builtins.property
    def rules(
        self,
    ) -> typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitLocalRules"]]:
        '''Limits;

        a request is refused as soon as one is used up.

        :schema: BackendTrafficPolicySpecRateLimitLocal#rules
        '''
        result = self._values.get("rules")
        return typing.cast(typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitLocalRules"]], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitLocal(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocalRules",
    jsii_struct_bases=[],
    name_mapping={
        "limit": "limit",
        "client_selectors": "clientSelectors",
        "shared": "shared",
    },
)
class BackendTrafficPolicySpecRateLimitLocalRules:
    def __init__(
        self,
        *,
        limit: typing.Union["BackendTrafficPolicySpecRateLimitLocalRulesLimit", typing.Dict[builtins.str, typing.Any]],
        client_selectors: typing.Optional[typing.Sequence[typing.Union["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors", typing.Dict[builtins.str, typing.Any]]]] = None,
        shared: typing.Optional[builtins.bool] = None,
    ) -> None:
        '''
        :param limit: Requests in a span of time.
        :param client_selectors: Requests the limit counts; without it, all of them.
        :param shared: One count over all routes of the policy instead of one for each.

        :schema: BackendTrafficPolicySpecRateLimitLocalRules
        '''
        if isinstance(limit, dict):
            limit = BackendTrafficPolicySpecRateLimitLocalRulesLimit(**limit)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__fff9591c606f02fd4fdbbd5d5501e5e770acea3457dcfde79c97a0811f74ebcf)
            check_type(argname="argument limit", value=limit, expected_type=type_hints["limit"])
            check_type(argname="argument client_selectors", value=client_selectors, expected_type=type_hints["client_selectors"])
            check_type(argname="argument shared", value=shared, expected_type=type_hints["shared"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "limit": limit,
        }
        if client_selectors is not None:
            self._values["client_selectors"] = client_selectors
        if shared is not None:
            self._values["shared"] = shared

    @builtins.property
    def limit(self) -> "BackendTrafficPolicySpecRateLimitLocalRulesLimit":
        '''Requests in a span of time.

        :schema: BackendTrafficPolicySpecRateLimitLocalRules#limit
        '''
        result = self._values.get("limit")
        assert result is not None, "Required property 'limit' is missing"
        return typing.cast("BackendTrafficPolicySpecRateLimitLocalRulesLimit", result)

    @builtins.property
    def client_selectors(
        self,
    ) -> typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors"]]:
        '''Requests the limit counts;

        without it, all of them.

        :schema: BackendTrafficPolicySpecRateLimitLocalRules#clientSelectors
        '''
        result = self._values.get("client_selectors")
        return typing.cast(typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors"]], result)

    @builtins.property
    def shared(self) -> typing.Optional[builtins.bool]:
        '''One count over all routes of the policy instead of one for each.

        :schema: BackendTrafficPolicySpecRateLimitLocalRules#shared
        '''
        result = self._values.get("shared")
        return typing.cast(typing.Optional[builtins.bool], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitLocalRules(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors",
    jsii_struct_bases=[],
    name_mapping={"headers": "headers", "source_cidr": "sourceCidr"},
)
class BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors:
    def __init__(
        self,
        *,
        headers: typing.Optional[typing.Sequence[typing.Union["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders", typing.Dict[builtins.str, typing.Any]]]] = None,
        source_cidr: typing.Optional[typing.Union["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''
        :param headers: Conditions on headers; all have to hold.
        :param source_cidr: Condition on the client address.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors
        '''
        if isinstance(source_cidr, dict):
            source_cidr = BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr(**source_cidr)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__9114e0a8ed31f7d9a1758e2465f9dfa03ce6bf490940c28e8ee036bc8024fb9c)
            check_type(argname="argument headers", value=headers, expected_type=type_hints["headers"])
            check_type(argname="argument source_cidr", value=source_cidr, expected_type=type_hints["source_cidr"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if headers is not None:
            self._values["headers"] = headers
        if source_cidr is not None:
            self._values["source_cidr"] = source_cidr

    @builtins.property
    def headers(
        self,
    ) -> typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders"]]:
        '''Conditions on headers;

        all have to hold.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors#headers
        '''
        result = self._values.get("headers")
        return typing.cast(typing.Optional[typing.List["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders"]], result)

    @builtins.property
    def source_cidr(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr"]:
        '''Condition on the client address.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors#sourceCIDR
        '''
        result = self._values.get("source_cidr")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders",
    jsii_struct_bases=[],
    name_mapping={"name": "name", "type": "type", "value": "value"},
)
class BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders:
    def __init__(
        self,
        *,
        name: builtins.str,
        type: typing.Optional["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeadersType"] = None,
        value: typing.Optional[builtins.str] = None,
    ) -> None:
        '''
        :param name: Name of the header.
        :param type: How the value is compared or one count for each value.
        :param value: Value or expression.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__c626f1f25ba4de41094de236d679559255b149f73671dd27214b5d18c1ceaf4c)
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "name": name,
        }
        if type is not None:
            self._values["type"] = type
        if value is not None:
            self._values["value"] = value

    @builtins.property
    def name(self) -> builtins.str:
        '''Name of the header.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders#name
        '''
        result = self._values.get("name")
        assert result is not None, "Required property 'name' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def type(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeadersType"]:
        '''How the value is compared or one count for each value.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders#type
        '''
        result = self._values.get("type")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeadersType"], result)

    @builtins.property
    def value(self) -> typing.Optional[builtins.str]:
        '''Value or expression.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders#value
        '''
        result = self._values.get("value")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeadersType"
)
class BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeadersType(enum.Enum):
    '''How the value is compared or one count for each value.

    :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeadersType
    '''

    EXACT = "EXACT"
    '''Exact.'''
    REGULAR_EXPRESSION = "REGULAR_EXPRESSION"
    '''RegularExpression.'''
    DISTINCT = "DISTINCT"
    '''Distinct.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr",
    jsii_struct_bases=[],
    name_mapping={"value": "value", "type": "type"},
)
class BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr:
    def __init__(
        self,
        *,
        value: builtins.str,
        type: typing.Optional["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidrType"] = None,
    ) -> None:
        '''Condition on the client address.

        :param value: Address range.
        :param type: One count for the range or one for each address in it.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__a8088e1b04b986797b2380cc58da951fcb246e2b869e88ede8bd52e480d60e34)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "value": value,
        }
        if type is not None:
            self._values["type"] = type

    @builtins.property
    def value(self) -> builtins.str:
        '''Address range.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr#value
        '''
        result = self._values.get("value")
        assert result is not None, "Required property 'value' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def type(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidrType"]:
        '''One count for the range or one for each address in it.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr#type
        '''
        result = self._values.get("type")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidrType"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidrType"
)
class BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidrType(
    enum.Enum,
):
    '''One count for the range or one for each address in it.

    :schema: BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidrType
    '''

    EXACT = "EXACT"
    '''Exact.'''
    DISTINCT = "DISTINCT"
    '''Distinct.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocalRulesLimit",
    jsii_struct_bases=[],
    name_mapping={"requests": "requests", "unit": "unit"},
)
class BackendTrafficPolicySpecRateLimitLocalRulesLimit:
    def __init__(
        self,
        *,
        requests: jsii.Number,
        unit: "BackendTrafficPolicySpecRateLimitLocalRulesLimitUnit",
    ) -> None:
        '''Requests in a span of time.

        :param requests: Number of requests.
        :param unit: Span of time.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesLimit
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__7cffbcfaa05e999472a598074fac0d913a81fc5592c5505e1b0d697124ed1268)
            check_type(argname="argument requests", value=requests, expected_type=type_hints["requests"])
            check_type(argname="argument unit", value=unit, expected_type=type_hints["unit"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "requests": requests,
            "unit": unit,
        }

    @builtins.property
    def requests(self) -> jsii.Number:
        '''Number of requests.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesLimit#requests
        '''
        result = self._values.get("requests")
        assert result is not None, "Required property 'requests' is missing"
        return typing.cast(jsii.Number, result)

    @builtins.property
    def unit(self) -> "BackendTrafficPolicySpecRateLimitLocalRulesLimitUnit":
        '''Span of time.

        :schema: BackendTrafficPolicySpecRateLimitLocalRulesLimit#unit
        '''
        result = self._values.get("unit")
        assert result is not None, "Required property 'unit' is missing"
        return typing.cast("BackendTrafficPolicySpecRateLimitLocalRulesLimitUnit", result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRateLimitLocalRulesLimit(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRateLimitLocalRulesLimitUnit"
)
class BackendTrafficPolicySpecRateLimitLocalRulesLimitUnit(enum.Enum):
    '''Span of time.

    :schema: BackendTrafficPolicySpecRateLimitLocalRulesLimitUnit
    '''

    SECOND = "SECOND"
    '''Second.'''
    MINUTE = "MINUTE"
    '''Minute.'''
    HOUR = "HOUR"
    '''Hour.'''
    DAY = "DAY"
    '''Day.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRequestBuffer",
    jsii_struct_bases=[],
    name_mapping={"limit": "limit"},
)
class BackendTrafficPolicySpecRequestBuffer:
    def __init__(
        self,
        *,
        limit: typing.Optional["BackendTrafficPolicySpecRequestBufferLimit"] = None,
    ) -> None:
        '''Takes in the whole request before it goes on.

        :param limit: Size above which a request is refused.

        :schema: BackendTrafficPolicySpecRequestBuffer
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__1c4fa5606fd670c958551b02d83faf0b66bb12dc5068b6a5965275eaf4ab84b7)
            check_type(argname="argument limit", value=limit, expected_type=type_hints["limit"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if limit is not None:
            self._values["limit"] = limit

    @builtins.property
    def limit(self) -> typing.Optional["BackendTrafficPolicySpecRequestBufferLimit"]:
        '''Size above which a request is refused.

        :schema: BackendTrafficPolicySpecRequestBuffer#limit
        '''
        result = self._values.get("limit")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRequestBufferLimit"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRequestBuffer(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


class BackendTrafficPolicySpecRequestBufferLimit(
    metaclass=jsii.JSIIMeta,
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRequestBufferLimit",
):
    '''Size above which a request is refused.

    :schema: BackendTrafficPolicySpecRequestBufferLimit
    '''

    @jsii.member(jsii_name="fromNumber")
    @builtins.classmethod
    def from_number(
        cls,
        value: jsii.Number,
    ) -> "BackendTrafficPolicySpecRequestBufferLimit":
        '''
        :param value: -
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__5111fcdfb6b36ef734ca81b9e618eaa75b5d594f64ddbd7d9fff718f83613720)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        return typing.cast("BackendTrafficPolicySpecRequestBufferLimit", jsii.sinvoke(cls, "fromNumber", [value]))

    @jsii.member(jsii_name="fromString")
    @builtins.classmethod
    def from_string(
        cls,
        value: builtins.str,
    ) -> "BackendTrafficPolicySpecRequestBufferLimit":
        '''
        :param value: -
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__7dacaad2a6cad930f933dbabca1be420c3a16cfbe3c412e11ade5c8a3fabb4a3)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        return typing.cast("BackendTrafficPolicySpecRequestBufferLimit", jsii.sinvoke(cls, "fromString", [value]))

    @builtins.property
    @jsii.member(jsii_name="value")
    def value(self) -> typing.Union[builtins.str, jsii.Number]:
        return typing.cast(typing.Union[builtins.str, jsii.Number], jsii.get(self, "value"))


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRetry",
    jsii_struct_bases=[],
    name_mapping={
        "num_retries": "numRetries",
        "per_retry": "perRetry",
        "retry_on": "retryOn",
    },
)
class BackendTrafficPolicySpecRetry:
    def __init__(
        self,
        *,
        num_retries: typing.Optional[jsii.Number] = None,
        per_retry: typing.Optional[typing.Union["BackendTrafficPolicySpecRetryPerRetry", typing.Dict[builtins.str, typing.Any]]] = None,
        retry_on: typing.Optional[typing.Union["BackendTrafficPolicySpecRetryRetryOn", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''When a failed request is sent again.

        :param num_retries: Tries after the first.
        :param per_retry: Limits of each try.
        :param retry_on: Failures worth another try.

        :schema: BackendTrafficPolicySpecRetry
        '''
        if isinstance(per_retry, dict):
            per_retry = BackendTrafficPolicySpecRetryPerRetry(**per_retry)
        if isinstance(retry_on, dict):
            retry_on = BackendTrafficPolicySpecRetryRetryOn(**retry_on)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__53e0903a257a7a8984991e0818e6a9bda5692c408cca3453d3022d56ac203333)
            check_type(argname="argument num_retries", value=num_retries, expected_type=type_hints["num_retries"])
            check_type(argname="argument per_retry", value=per_retry, expected_type=type_hints["per_retry"])
            check_type(argname="argument retry_on", value=retry_on, expected_type=type_hints["retry_on"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if num_retries is not None:
            self._values["num_retries"] = num_retries
        if per_retry is not None:
            self._values["per_retry"] = per_retry
        if retry_on is not None:
            self._values["retry_on"] = retry_on

    @builtins.property
    def num_retries(self) -> typing.Optional[jsii.Number]:
        '''Tries after the first.

        :schema: BackendTrafficPolicySpecRetry#numRetries
        '''
        result = self._values.get("num_retries")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def per_retry(self) -> typing.Optional["BackendTrafficPolicySpecRetryPerRetry"]:
        '''Limits of each try.

        :schema: BackendTrafficPolicySpecRetry#perRetry
        '''
        result = self._values.get("per_retry")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRetryPerRetry"], result)

    @builtins.property
    def retry_on(self) -> typing.Optional["BackendTrafficPolicySpecRetryRetryOn"]:
        '''Failures worth another try.

        :schema: BackendTrafficPolicySpecRetry#retryOn
        '''
        result = self._values.get("retry_on")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRetryRetryOn"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRetry(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRetryPerRetry",
    jsii_struct_bases=[],
    name_mapping={"back_off": "backOff", "timeout": "timeout"},
)
class BackendTrafficPolicySpecRetryPerRetry:
    def __init__(
        self,
        *,
        back_off: typing.Optional[typing.Union["BackendTrafficPolicySpecRetryPerRetryBackOff", typing.Dict[builtins.str, typing.Any]]] = None,
        timeout: typing.Optional[builtins.str] = None,
    ) -> None:
        '''Limits of each try.

        :param back_off: Waiting between tries.
        :param timeout: Time one try may take.

        :schema: BackendTrafficPolicySpecRetryPerRetry
        '''
        if isinstance(back_off, dict):
            back_off = BackendTrafficPolicySpecRetryPerRetryBackOff(**back_off)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__d936aa99f690d7eed29d5136a0251296ceb9b8234c55c25eb2efaa543a7be1c2)
            check_type(argname="argument back_off", value=back_off, expected_type=type_hints["back_off"])
            check_type(argname="argument timeout", value=timeout, expected_type=type_hints["timeout"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if back_off is not None:
            self._values["back_off"] = back_off
        if timeout is not None:
            self._values["timeout"] = timeout

    @builtins.property
    def back_off(
        self,
    ) -> typing.Optional["BackendTrafficPolicySpecRetryPerRetryBackOff"]:
        '''Waiting between tries.

        :schema: BackendTrafficPolicySpecRetryPerRetry#backOff
        '''
        result = self._values.get("back_off")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecRetryPerRetryBackOff"], result)

    @builtins.property
    def timeout(self) -> typing.Optional[builtins.str]:
        '''Time one try may take.

        :schema: BackendTrafficPolicySpecRetryPerRetry#timeout
        '''
        result = self._values.get("timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRetryPerRetry(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRetryPerRetryBackOff",
    jsii_struct_bases=[],
    name_mapping={"base_interval": "baseInterval", "max_interval": "maxInterval"},
)
class BackendTrafficPolicySpecRetryPerRetryBackOff:
    def __init__(
        self,
        *,
        base_interval: typing.Optional[builtins.str] = None,
        max_interval: typing.Optional[builtins.str] = None,
    ) -> None:
        '''Waiting between tries.

        :param base_interval: Wait before the second try.
        :param max_interval: Longest wait.

        :schema: BackendTrafficPolicySpecRetryPerRetryBackOff
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__f0d2dfd3245e0b7ae24e1d966bbf5fa6fb40abd7527bd4d0642bb7033cf326a9)
            check_type(argname="argument base_interval", value=base_interval, expected_type=type_hints["base_interval"])
            check_type(argname="argument max_interval", value=max_interval, expected_type=type_hints["max_interval"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if base_interval is not None:
            self._values["base_interval"] = base_interval
        if max_interval is not None:
            self._values["max_interval"] = max_interval

    @builtins.property
    def base_interval(self) -> typing.Optional[builtins.str]:
        '''Wait before the second try.

        :schema: BackendTrafficPolicySpecRetryPerRetryBackOff#baseInterval
        '''
        result = self._values.get("base_interval")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def max_interval(self) -> typing.Optional[builtins.str]:
        '''Longest wait.

        :schema: BackendTrafficPolicySpecRetryPerRetryBackOff#maxInterval
        '''
        result = self._values.get("max_interval")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRetryPerRetryBackOff(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRetryRetryOn",
    jsii_struct_bases=[],
    name_mapping={"http_status_codes": "httpStatusCodes", "triggers": "triggers"},
)
class BackendTrafficPolicySpecRetryRetryOn:
    def __init__(
        self,
        *,
        http_status_codes: typing.Optional[typing.Sequence[jsii.Number]] = None,
        triggers: typing.Optional[typing.Sequence["BackendTrafficPolicySpecRetryRetryOnTriggers"]] = None,
    ) -> None:
        '''Failures worth another try.

        :param http_status_codes: Statuses, for retriable-status-codes.
        :param triggers: Kinds of failure.

        :schema: BackendTrafficPolicySpecRetryRetryOn
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__b3a4690558d60e7acba1c0b378bfcabdba7ddad1f233fa5cf569b6a97ce81f14)
            check_type(argname="argument http_status_codes", value=http_status_codes, expected_type=type_hints["http_status_codes"])
            check_type(argname="argument triggers", value=triggers, expected_type=type_hints["triggers"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if http_status_codes is not None:
            self._values["http_status_codes"] = http_status_codes
        if triggers is not None:
            self._values["triggers"] = triggers

    @builtins.property
    def http_status_codes(self) -> typing.Optional[typing.List[jsii.Number]]:
        '''Statuses, for retriable-status-codes.

        :schema: BackendTrafficPolicySpecRetryRetryOn#httpStatusCodes
        '''
        result = self._values.get("http_status_codes")
        return typing.cast(typing.Optional[typing.List[jsii.Number]], result)

    @builtins.property
    def triggers(
        self,
    ) -> typing.Optional[typing.List["BackendTrafficPolicySpecRetryRetryOnTriggers"]]:
        '''Kinds of failure.

        :schema: BackendTrafficPolicySpecRetryRetryOn#triggers
        '''
        result = self._values.get("triggers")
        return typing.cast(typing.Optional[typing.List["BackendTrafficPolicySpecRetryRetryOnTriggers"]], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecRetryRetryOn(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecRetryRetryOnTriggers"
)
class BackendTrafficPolicySpecRetryRetryOnTriggers(enum.Enum):
    '''
    :schema: BackendTrafficPolicySpecRetryRetryOnTriggers
    '''

    VALUE_5XX = "VALUE_5XX"
    '''5xx.'''
    GATEWAY_HYPHEN_ERROR = "GATEWAY_HYPHEN_ERROR"
    '''gateway-error.'''
    RESET = "RESET"
    '''reset.'''
    CONNECT_HYPHEN_FAILURE = "CONNECT_HYPHEN_FAILURE"
    '''connect-failure.'''
    RETRIABLE_HYPHEN_4XX = "RETRIABLE_HYPHEN_4XX"
    '''retriable-4xx.'''
    REFUSED_HYPHEN_STREAM = "REFUSED_HYPHEN_STREAM"
    '''refused-stream.'''
    RETRIABLE_HYPHEN_STATUS_HYPHEN_CODES = "RETRIABLE_HYPHEN_STATUS_HYPHEN_CODES"
    '''retriable-status-codes.'''
    CANCELLED = "CANCELLED"
    '''cancelled.'''
    DEADLINE_HYPHEN_EXCEEDED = "DEADLINE_HYPHEN_EXCEEDED"
    '''deadline-exceeded.'''
    INTERNAL = "INTERNAL"
    '''internal.'''
    RESOURCE_HYPHEN_EXHAUSTED = "RESOURCE_HYPHEN_EXHAUSTED"
    '''resource-exhausted.'''
    UNAVAILABLE = "UNAVAILABLE"
    '''unavailable.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecTargetRefs",
    jsii_struct_bases=[],
    name_mapping={
        "group": "group",
        "kind": "kind",
        "name": "name",
        "section_name": "sectionName",
    },
)
class BackendTrafficPolicySpecTargetRefs:
    def __init__(
        self,
        *,
        group: builtins.str,
        kind: builtins.str,
        name: builtins.str,
        section_name: typing.Optional[builtins.str] = None,
    ) -> None:
        '''
        :param group: API group of the kind.
        :param kind: Kind of the object, for example HTTPRoute.
        :param name: Name of the object.
        :param section_name: One listener or rule of the object; without it, all of them.

        :schema: BackendTrafficPolicySpecTargetRefs
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__96aebee63cd9f95c0489b208a3cd910a946b8b44b041c4f77f79941ee91d7b8f)
            check_type(argname="argument group", value=group, expected_type=type_hints["group"])
            check_type(argname="argument kind", value=kind, expected_type=type_hints["kind"])
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument section_name", value=section_name, expected_type=type_hints["section_name"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "group": group,
            "kind": kind,
            "name": name,
        }
        if section_name is not None:
            self._values["section_name"] = section_name

    @builtins.property
    def group(self) -> builtins.str:
        '''API group of the kind.

        :schema: BackendTrafficPolicySpecTargetRefs#group
        '''
        result = self._values.get("group")
        assert result is not None, "Required property 'group' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def kind(self) -> builtins.str:
        '''Kind of the object, for example HTTPRoute.

        :schema: BackendTrafficPolicySpecTargetRefs#kind
        '''
        result = self._values.get("kind")
        assert result is not None, "Required property 'kind' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def name(self) -> builtins.str:
        '''Name of the object.

        :schema: BackendTrafficPolicySpecTargetRefs#name
        '''
        result = self._values.get("name")
        assert result is not None, "Required property 'name' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def section_name(self) -> typing.Optional[builtins.str]:
        '''One listener or rule of the object;

        without it, all of them.

        :schema: BackendTrafficPolicySpecTargetRefs#sectionName
        '''
        result = self._values.get("section_name")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecTargetRefs(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecTimeout",
    jsii_struct_bases=[],
    name_mapping={"http": "http", "tcp": "tcp"},
)
class BackendTrafficPolicySpecTimeout:
    def __init__(
        self,
        *,
        http: typing.Optional[typing.Union["BackendTrafficPolicySpecTimeoutHttp", typing.Dict[builtins.str, typing.Any]]] = None,
        tcp: typing.Optional[typing.Union["BackendTrafficPolicySpecTimeoutTcp", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Time limits towards the Services.

        :param http: Limits of requests.
        :param tcp: Limits of connections.

        :schema: BackendTrafficPolicySpecTimeout
        '''
        if isinstance(http, dict):
            http = BackendTrafficPolicySpecTimeoutHttp(**http)
        if isinstance(tcp, dict):
            tcp = BackendTrafficPolicySpecTimeoutTcp(**tcp)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__97ecef80b2c846b7d1e776f49ace8e407dfcabc9c7c4bc245a144bc014a7ce8b)
            check_type(argname="argument http", value=http, expected_type=type_hints["http"])
            check_type(argname="argument tcp", value=tcp, expected_type=type_hints["tcp"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if http is not None:
            self._values["http"] = http
        if tcp is not None:
            self._values["tcp"] = tcp

    @builtins.property
    def http(self) -> typing.Optional["BackendTrafficPolicySpecTimeoutHttp"]:
        '''Limits of requests.

        :schema: BackendTrafficPolicySpecTimeout#http
        '''
        result = self._values.get("http")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecTimeoutHttp"], result)

    @builtins.property
    def tcp(self) -> typing.Optional["BackendTrafficPolicySpecTimeoutTcp"]:
        '''Limits of connections.

        :schema: BackendTrafficPolicySpecTimeout#tcp
        '''
        result = self._values.get("tcp")
        return typing.cast(typing.Optional["BackendTrafficPolicySpecTimeoutTcp"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecTimeout(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecTimeoutHttp",
    jsii_struct_bases=[],
    name_mapping={
        "connection_idle_timeout": "connectionIdleTimeout",
        "max_connection_duration": "maxConnectionDuration",
        "max_stream_duration": "maxStreamDuration",
        "request_timeout": "requestTimeout",
        "stream_idle_timeout": "streamIdleTimeout",
    },
)
class BackendTrafficPolicySpecTimeoutHttp:
    def __init__(
        self,
        *,
        connection_idle_timeout: typing.Optional[builtins.str] = None,
        max_connection_duration: typing.Optional[builtins.str] = None,
        max_stream_duration: typing.Optional[builtins.str] = None,
        request_timeout: typing.Optional[builtins.str] = None,
        stream_idle_timeout: typing.Optional[builtins.str] = None,
    ) -> None:
        '''Limits of requests.

        :param connection_idle_timeout: Time a connection may stay unused.
        :param max_connection_duration: Longest life of a connection.
        :param max_stream_duration: Longest life of a stream, WebSocket included; 0s for no limit.
        :param request_timeout: Time until the answer is complete; 0s for no limit.
        :param stream_idle_timeout: Time a stream may stay silent; 0s for no limit.

        :schema: BackendTrafficPolicySpecTimeoutHttp
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__d4b60ab21164582e77bd3fd7f1ec52142bc99e6e46dc93ab3fba6a8d51198217)
            check_type(argname="argument connection_idle_timeout", value=connection_idle_timeout, expected_type=type_hints["connection_idle_timeout"])
            check_type(argname="argument max_connection_duration", value=max_connection_duration, expected_type=type_hints["max_connection_duration"])
            check_type(argname="argument max_stream_duration", value=max_stream_duration, expected_type=type_hints["max_stream_duration"])
            check_type(argname="argument request_timeout", value=request_timeout, expected_type=type_hints["request_timeout"])
            check_type(argname="argument stream_idle_timeout", value=stream_idle_timeout, expected_type=type_hints["stream_idle_timeout"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if connection_idle_timeout is not None:
            self._values["connection_idle_timeout"] = connection_idle_timeout
        if max_connection_duration is not None:
            self._values["max_connection_duration"] = max_connection_duration
        if max_stream_duration is not None:
            self._values["max_stream_duration"] = max_stream_duration
        if request_timeout is not None:
            self._values["request_timeout"] = request_timeout
        if stream_idle_timeout is not None:
            self._values["stream_idle_timeout"] = stream_idle_timeout

    @builtins.property
    def connection_idle_timeout(self) -> typing.Optional[builtins.str]:
        '''Time a connection may stay unused.

        :schema: BackendTrafficPolicySpecTimeoutHttp#connectionIdleTimeout
        '''
        result = self._values.get("connection_idle_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def max_connection_duration(self) -> typing.Optional[builtins.str]:
        '''Longest life of a connection.

        :schema: BackendTrafficPolicySpecTimeoutHttp#maxConnectionDuration
        '''
        result = self._values.get("max_connection_duration")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def max_stream_duration(self) -> typing.Optional[builtins.str]:
        '''Longest life of a stream, WebSocket included;

        0s for no limit.

        :schema: BackendTrafficPolicySpecTimeoutHttp#maxStreamDuration
        '''
        result = self._values.get("max_stream_duration")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def request_timeout(self) -> typing.Optional[builtins.str]:
        '''Time until the answer is complete;

        0s for no limit.

        :schema: BackendTrafficPolicySpecTimeoutHttp#requestTimeout
        '''
        result = self._values.get("request_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def stream_idle_timeout(self) -> typing.Optional[builtins.str]:
        '''Time a stream may stay silent;

        0s for no limit.

        :schema: BackendTrafficPolicySpecTimeoutHttp#streamIdleTimeout
        '''
        result = self._values.get("stream_idle_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecTimeoutHttp(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.BackendTrafficPolicySpecTimeoutTcp",
    jsii_struct_bases=[],
    name_mapping={"connect_timeout": "connectTimeout"},
)
class BackendTrafficPolicySpecTimeoutTcp:
    def __init__(
        self,
        *,
        connect_timeout: typing.Optional[builtins.str] = None,
    ) -> None:
        '''Limits of connections.

        :param connect_timeout: Time to open a connection.

        :schema: BackendTrafficPolicySpecTimeoutTcp
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__6ef784a798db01e6aa27df6d3e6d9117c61edf62e4bffd24f95604999397ef60)
            check_type(argname="argument connect_timeout", value=connect_timeout, expected_type=type_hints["connect_timeout"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if connect_timeout is not None:
            self._values["connect_timeout"] = connect_timeout

    @builtins.property
    def connect_timeout(self) -> typing.Optional[builtins.str]:
        '''Time to open a connection.

        :schema: BackendTrafficPolicySpecTimeoutTcp#connectTimeout
        '''
        result = self._values.get("connect_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "BackendTrafficPolicySpecTimeoutTcp(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


class ClientTrafficPolicy(
    _cdk8s_d3d9af27.ApiObject,
    metaclass=jsii.JSIIMeta,
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicy",
):
    '''How requests travel from clients to the proxy.

    :schema: ClientTrafficPolicy
    '''

    def __init__(
        self,
        scope: "_constructs_77d1e7e8.Construct",
        id: builtins.str,
        *,
        spec: typing.Union["ClientTrafficPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Defines a "ClientTrafficPolicy" API object.

        :param scope: the scope in which to define this object.
        :param id: a scope-local name for the object.
        :param spec: What the policy is for and what it sets.
        :param metadata: 
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__66c43cf83bc497e6f09cabb0c707308bfae42a500de8913eb55ad4cd5454c17d)
            check_type(argname="argument scope", value=scope, expected_type=type_hints["scope"])
            check_type(argname="argument id", value=id, expected_type=type_hints["id"])
        props = ClientTrafficPolicyProps(spec=spec, metadata=metadata)

        jsii.create(self.__class__, self, [scope, id, props])

    @jsii.member(jsii_name="manifest")
    @builtins.classmethod
    def manifest(
        cls,
        *,
        spec: typing.Union["ClientTrafficPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> typing.Any:
        '''Renders a Kubernetes manifest for "ClientTrafficPolicy".

        This can be used to inline resource manifests inside other objects (e.g. as templates).

        :param spec: What the policy is for and what it sets.
        :param metadata: 
        '''
        props = ClientTrafficPolicyProps(spec=spec, metadata=metadata)

        return typing.cast(typing.Any, jsii.sinvoke(cls, "manifest", [props]))

    @jsii.member(jsii_name="toJson")
    def to_json(self) -> typing.Any:
        '''Renders the object to Kubernetes JSON.'''
        return typing.cast(typing.Any, jsii.invoke(self, "toJson", []))

    @jsii.python.classproperty
    @jsii.member(jsii_name="GVK")
    def GVK(cls) -> "_cdk8s_d3d9af27.GroupVersionKind":
        '''Returns the apiVersion and kind for "ClientTrafficPolicy".'''
        return typing.cast("_cdk8s_d3d9af27.GroupVersionKind", jsii.sget(cls, "GVK"))


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicyProps",
    jsii_struct_bases=[],
    name_mapping={"spec": "spec", "metadata": "metadata"},
)
class ClientTrafficPolicyProps:
    def __init__(
        self,
        *,
        spec: typing.Union["ClientTrafficPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''How requests travel from clients to the proxy.

        :param spec: What the policy is for and what it sets.
        :param metadata: 

        :schema: ClientTrafficPolicy
        '''
        if isinstance(spec, dict):
            spec = ClientTrafficPolicySpec(**spec)
        if isinstance(metadata, dict):
            metadata = _cdk8s_d3d9af27.ApiObjectMetadata(**metadata)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__65934b92eb68056b865e230d9877575416fbde3948b1063dbb4cd7ed57057730)
            check_type(argname="argument spec", value=spec, expected_type=type_hints["spec"])
            check_type(argname="argument metadata", value=metadata, expected_type=type_hints["metadata"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "spec": spec,
        }
        if metadata is not None:
            self._values["metadata"] = metadata

    @builtins.property
    def spec(self) -> "ClientTrafficPolicySpec":
        '''What the policy is for and what it sets.

        :schema: ClientTrafficPolicy#spec
        '''
        result = self._values.get("spec")
        assert result is not None, "Required property 'spec' is missing"
        return typing.cast("ClientTrafficPolicySpec", result)

    @builtins.property
    def metadata(self) -> typing.Optional["_cdk8s_d3d9af27.ApiObjectMetadata"]:
        '''
        :schema: ClientTrafficPolicy#metadata
        '''
        result = self._values.get("metadata")
        return typing.cast(typing.Optional["_cdk8s_d3d9af27.ApiObjectMetadata"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicyProps(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpec",
    jsii_struct_bases=[],
    name_mapping={
        "client_ip_detection": "clientIpDetection",
        "connection": "connection",
        "target_refs": "targetRefs",
        "timeout": "timeout",
        "tls": "tls",
    },
)
class ClientTrafficPolicySpec:
    def __init__(
        self,
        *,
        client_ip_detection: typing.Optional[typing.Union["ClientTrafficPolicySpecClientIpDetection", typing.Dict[builtins.str, typing.Any]]] = None,
        connection: typing.Optional[typing.Union["ClientTrafficPolicySpecConnection", typing.Dict[builtins.str, typing.Any]]] = None,
        target_refs: typing.Optional[typing.Sequence[typing.Union["ClientTrafficPolicySpecTargetRefs", typing.Dict[builtins.str, typing.Any]]]] = None,
        timeout: typing.Optional[typing.Union["ClientTrafficPolicySpecTimeout", typing.Dict[builtins.str, typing.Any]]] = None,
        tls: typing.Optional[typing.Union["ClientTrafficPolicySpecTls", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''What the policy is for and what it sets.

        :param client_ip_detection: Where the address of the client is taken from.
        :param connection: Connections of clients.
        :param target_refs: Gateways the policy is for.
        :param timeout: Time limits towards clients.
        :param tls: How TLS is spoken with clients.

        :schema: ClientTrafficPolicySpec
        '''
        if isinstance(client_ip_detection, dict):
            client_ip_detection = ClientTrafficPolicySpecClientIpDetection(**client_ip_detection)
        if isinstance(connection, dict):
            connection = ClientTrafficPolicySpecConnection(**connection)
        if isinstance(timeout, dict):
            timeout = ClientTrafficPolicySpecTimeout(**timeout)
        if isinstance(tls, dict):
            tls = ClientTrafficPolicySpecTls(**tls)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__2bddf878bfd85f55a8b8605fd5f79193dfc4e69e90787109d1278c754138a583)
            check_type(argname="argument client_ip_detection", value=client_ip_detection, expected_type=type_hints["client_ip_detection"])
            check_type(argname="argument connection", value=connection, expected_type=type_hints["connection"])
            check_type(argname="argument target_refs", value=target_refs, expected_type=type_hints["target_refs"])
            check_type(argname="argument timeout", value=timeout, expected_type=type_hints["timeout"])
            check_type(argname="argument tls", value=tls, expected_type=type_hints["tls"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if client_ip_detection is not None:
            self._values["client_ip_detection"] = client_ip_detection
        if connection is not None:
            self._values["connection"] = connection
        if target_refs is not None:
            self._values["target_refs"] = target_refs
        if timeout is not None:
            self._values["timeout"] = timeout
        if tls is not None:
            self._values["tls"] = tls

    @builtins.property
    def client_ip_detection(
        self,
    ) -> typing.Optional["ClientTrafficPolicySpecClientIpDetection"]:
        '''Where the address of the client is taken from.

        :schema: ClientTrafficPolicySpec#clientIPDetection
        '''
        result = self._values.get("client_ip_detection")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecClientIpDetection"], result)

    @builtins.property
    def connection(self) -> typing.Optional["ClientTrafficPolicySpecConnection"]:
        '''Connections of clients.

        :schema: ClientTrafficPolicySpec#connection
        '''
        result = self._values.get("connection")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecConnection"], result)

    @builtins.property
    def target_refs(
        self,
    ) -> typing.Optional[typing.List["ClientTrafficPolicySpecTargetRefs"]]:
        '''Gateways the policy is for.

        :schema: ClientTrafficPolicySpec#targetRefs
        '''
        result = self._values.get("target_refs")
        return typing.cast(typing.Optional[typing.List["ClientTrafficPolicySpecTargetRefs"]], result)

    @builtins.property
    def timeout(self) -> typing.Optional["ClientTrafficPolicySpecTimeout"]:
        '''Time limits towards clients.

        :schema: ClientTrafficPolicySpec#timeout
        '''
        result = self._values.get("timeout")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecTimeout"], result)

    @builtins.property
    def tls(self) -> typing.Optional["ClientTrafficPolicySpecTls"]:
        '''How TLS is spoken with clients.

        :schema: ClientTrafficPolicySpec#tls
        '''
        result = self._values.get("tls")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecTls"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpec(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecClientIpDetection",
    jsii_struct_bases=[],
    name_mapping={"x_forwarded_for": "xForwardedFor"},
)
class ClientTrafficPolicySpecClientIpDetection:
    def __init__(
        self,
        *,
        x_forwarded_for: typing.Optional[typing.Union["ClientTrafficPolicySpecClientIpDetectionXForwardedFor", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Where the address of the client is taken from.

        :param x_forwarded_for: From the header proxies in front of this one have written.

        :schema: ClientTrafficPolicySpecClientIpDetection
        '''
        if isinstance(x_forwarded_for, dict):
            x_forwarded_for = ClientTrafficPolicySpecClientIpDetectionXForwardedFor(**x_forwarded_for)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__0924667e0ebebe486ed4fa5d08e17b1fb8590a756af984d88f69930a52df4a4c)
            check_type(argname="argument x_forwarded_for", value=x_forwarded_for, expected_type=type_hints["x_forwarded_for"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if x_forwarded_for is not None:
            self._values["x_forwarded_for"] = x_forwarded_for

    @builtins.property
    def x_forwarded_for(
        self,
    ) -> typing.Optional["ClientTrafficPolicySpecClientIpDetectionXForwardedFor"]:
        '''From the header proxies in front of this one have written.

        :schema: ClientTrafficPolicySpecClientIpDetection#xForwardedFor
        '''
        result = self._values.get("x_forwarded_for")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecClientIpDetectionXForwardedFor"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpecClientIpDetection(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecClientIpDetectionXForwardedFor",
    jsii_struct_bases=[],
    name_mapping={
        "num_trusted_hops": "numTrustedHops",
        "trusted_cid_rs": "trustedCidRs",
    },
)
class ClientTrafficPolicySpecClientIpDetectionXForwardedFor:
    def __init__(
        self,
        *,
        num_trusted_hops: typing.Optional[jsii.Number] = None,
        trusted_cid_rs: typing.Optional[typing.Sequence[builtins.str]] = None,
    ) -> None:
        '''From the header proxies in front of this one have written.

        :param num_trusted_hops: Number of proxies in front whose entries are believed.
        :param trusted_cid_rs: Address ranges of the proxies that are believed.

        :schema: ClientTrafficPolicySpecClientIpDetectionXForwardedFor
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__d51de131137861844b4a8ff0e6bedc48d61b9ecfeaecb0aa47de4483316d15a3)
            check_type(argname="argument num_trusted_hops", value=num_trusted_hops, expected_type=type_hints["num_trusted_hops"])
            check_type(argname="argument trusted_cid_rs", value=trusted_cid_rs, expected_type=type_hints["trusted_cid_rs"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if num_trusted_hops is not None:
            self._values["num_trusted_hops"] = num_trusted_hops
        if trusted_cid_rs is not None:
            self._values["trusted_cid_rs"] = trusted_cid_rs

    @builtins.property
    def num_trusted_hops(self) -> typing.Optional[jsii.Number]:
        '''Number of proxies in front whose entries are believed.

        :schema: ClientTrafficPolicySpecClientIpDetectionXForwardedFor#numTrustedHops
        '''
        result = self._values.get("num_trusted_hops")
        return typing.cast(typing.Optional[jsii.Number], result)

    @builtins.property
    def trusted_cid_rs(self) -> typing.Optional[typing.List[builtins.str]]:
        '''Address ranges of the proxies that are believed.

        :schema: ClientTrafficPolicySpecClientIpDetectionXForwardedFor#trustedCIDRs
        '''
        result = self._values.get("trusted_cid_rs")
        return typing.cast(typing.Optional[typing.List[builtins.str]], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpecClientIpDetectionXForwardedFor(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecConnection",
    jsii_struct_bases=[],
    name_mapping={"buffer_limit": "bufferLimit"},
)
class ClientTrafficPolicySpecConnection:
    def __init__(
        self,
        *,
        buffer_limit: typing.Optional["ClientTrafficPolicySpecConnectionBufferLimit"] = None,
    ) -> None:
        '''Connections of clients.

        :param buffer_limit: Bytes kept for each connection.

        :schema: ClientTrafficPolicySpecConnection
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__9154faf005dc47cb88152898bff459aacce1e9a7f69ec2a8088f7d437fd82e4e)
            check_type(argname="argument buffer_limit", value=buffer_limit, expected_type=type_hints["buffer_limit"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if buffer_limit is not None:
            self._values["buffer_limit"] = buffer_limit

    @builtins.property
    def buffer_limit(
        self,
    ) -> typing.Optional["ClientTrafficPolicySpecConnectionBufferLimit"]:
        '''Bytes kept for each connection.

        :schema: ClientTrafficPolicySpecConnection#bufferLimit
        '''
        result = self._values.get("buffer_limit")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecConnectionBufferLimit"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpecConnection(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


class ClientTrafficPolicySpecConnectionBufferLimit(
    metaclass=jsii.JSIIMeta,
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecConnectionBufferLimit",
):
    '''Bytes kept for each connection.

    :schema: ClientTrafficPolicySpecConnectionBufferLimit
    '''

    @jsii.member(jsii_name="fromNumber")
    @builtins.classmethod
    def from_number(
        cls,
        value: jsii.Number,
    ) -> "ClientTrafficPolicySpecConnectionBufferLimit":
        '''
        :param value: -
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__af216cb1563add9994f6213619a0845dfa649e004486c1d2539ad858385e91b2)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        return typing.cast("ClientTrafficPolicySpecConnectionBufferLimit", jsii.sinvoke(cls, "fromNumber", [value]))

    @jsii.member(jsii_name="fromString")
    @builtins.classmethod
    def from_string(
        cls,
        value: builtins.str,
    ) -> "ClientTrafficPolicySpecConnectionBufferLimit":
        '''
        :param value: -
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__295b7920e0d36ad8826d48e6496be715021bae06f2eacb968caee8f3dcd33aee)
            check_type(argname="argument value", value=value, expected_type=type_hints["value"])
        return typing.cast("ClientTrafficPolicySpecConnectionBufferLimit", jsii.sinvoke(cls, "fromString", [value]))

    @builtins.property
    @jsii.member(jsii_name="value")
    def value(self) -> typing.Union[builtins.str, jsii.Number]:
        return typing.cast(typing.Union[builtins.str, jsii.Number], jsii.get(self, "value"))


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecTargetRefs",
    jsii_struct_bases=[],
    name_mapping={
        "group": "group",
        "kind": "kind",
        "name": "name",
        "section_name": "sectionName",
    },
)
class ClientTrafficPolicySpecTargetRefs:
    def __init__(
        self,
        *,
        group: builtins.str,
        kind: builtins.str,
        name: builtins.str,
        section_name: typing.Optional[builtins.str] = None,
    ) -> None:
        '''
        :param group: API group of the kind.
        :param kind: Kind of the object, for example Gateway.
        :param name: Name of the object.
        :param section_name: One listener or rule of the object; without it, all of them.

        :schema: ClientTrafficPolicySpecTargetRefs
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__f45b1a4e9a03e9c2737065e8eddde9e69e600d5a419c8b920258ddfe3f025a43)
            check_type(argname="argument group", value=group, expected_type=type_hints["group"])
            check_type(argname="argument kind", value=kind, expected_type=type_hints["kind"])
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument section_name", value=section_name, expected_type=type_hints["section_name"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "group": group,
            "kind": kind,
            "name": name,
        }
        if section_name is not None:
            self._values["section_name"] = section_name

    @builtins.property
    def group(self) -> builtins.str:
        '''API group of the kind.

        :schema: ClientTrafficPolicySpecTargetRefs#group
        '''
        result = self._values.get("group")
        assert result is not None, "Required property 'group' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def kind(self) -> builtins.str:
        '''Kind of the object, for example Gateway.

        :schema: ClientTrafficPolicySpecTargetRefs#kind
        '''
        result = self._values.get("kind")
        assert result is not None, "Required property 'kind' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def name(self) -> builtins.str:
        '''Name of the object.

        :schema: ClientTrafficPolicySpecTargetRefs#name
        '''
        result = self._values.get("name")
        assert result is not None, "Required property 'name' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def section_name(self) -> typing.Optional[builtins.str]:
        '''One listener or rule of the object;

        without it, all of them.

        :schema: ClientTrafficPolicySpecTargetRefs#sectionName
        '''
        result = self._values.get("section_name")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpecTargetRefs(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecTimeout",
    jsii_struct_bases=[],
    name_mapping={"http": "http", "tcp": "tcp"},
)
class ClientTrafficPolicySpecTimeout:
    def __init__(
        self,
        *,
        http: typing.Optional[typing.Union["ClientTrafficPolicySpecTimeoutHttp", typing.Dict[builtins.str, typing.Any]]] = None,
        tcp: typing.Optional[typing.Union["ClientTrafficPolicySpecTimeoutTcp", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Time limits towards clients.

        :param http: Limits of requests.
        :param tcp: Limits of connections.

        :schema: ClientTrafficPolicySpecTimeout
        '''
        if isinstance(http, dict):
            http = ClientTrafficPolicySpecTimeoutHttp(**http)
        if isinstance(tcp, dict):
            tcp = ClientTrafficPolicySpecTimeoutTcp(**tcp)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__ac22ac1a8c29a8a78826dad39af506134bc3febed1ef61262949621f5185ed27)
            check_type(argname="argument http", value=http, expected_type=type_hints["http"])
            check_type(argname="argument tcp", value=tcp, expected_type=type_hints["tcp"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if http is not None:
            self._values["http"] = http
        if tcp is not None:
            self._values["tcp"] = tcp

    @builtins.property
    def http(self) -> typing.Optional["ClientTrafficPolicySpecTimeoutHttp"]:
        '''Limits of requests.

        :schema: ClientTrafficPolicySpecTimeout#http
        '''
        result = self._values.get("http")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecTimeoutHttp"], result)

    @builtins.property
    def tcp(self) -> typing.Optional["ClientTrafficPolicySpecTimeoutTcp"]:
        '''Limits of connections.

        :schema: ClientTrafficPolicySpecTimeout#tcp
        '''
        result = self._values.get("tcp")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecTimeoutTcp"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpecTimeout(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecTimeoutHttp",
    jsii_struct_bases=[],
    name_mapping={
        "idle_timeout": "idleTimeout",
        "request_headers_received_timeout": "requestHeadersReceivedTimeout",
        "request_received_timeout": "requestReceivedTimeout",
        "stream_idle_timeout": "streamIdleTimeout",
    },
)
class ClientTrafficPolicySpecTimeoutHttp:
    def __init__(
        self,
        *,
        idle_timeout: typing.Optional[builtins.str] = None,
        request_headers_received_timeout: typing.Optional[builtins.str] = None,
        request_received_timeout: typing.Optional[builtins.str] = None,
        stream_idle_timeout: typing.Optional[builtins.str] = None,
    ) -> None:
        '''Limits of requests.

        :param idle_timeout: Time a connection may stay without requests.
        :param request_headers_received_timeout: Time until the headers have come in.
        :param request_received_timeout: Time until the whole request has come in; 0s for no limit.
        :param stream_idle_timeout: Time a stream may stay silent, WebSocket included; 0s for no limit.

        :schema: ClientTrafficPolicySpecTimeoutHttp
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__815785be55d0870bbecac5498bdd34d94b9e449f74526518cddee9eff6795d23)
            check_type(argname="argument idle_timeout", value=idle_timeout, expected_type=type_hints["idle_timeout"])
            check_type(argname="argument request_headers_received_timeout", value=request_headers_received_timeout, expected_type=type_hints["request_headers_received_timeout"])
            check_type(argname="argument request_received_timeout", value=request_received_timeout, expected_type=type_hints["request_received_timeout"])
            check_type(argname="argument stream_idle_timeout", value=stream_idle_timeout, expected_type=type_hints["stream_idle_timeout"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if idle_timeout is not None:
            self._values["idle_timeout"] = idle_timeout
        if request_headers_received_timeout is not None:
            self._values["request_headers_received_timeout"] = request_headers_received_timeout
        if request_received_timeout is not None:
            self._values["request_received_timeout"] = request_received_timeout
        if stream_idle_timeout is not None:
            self._values["stream_idle_timeout"] = stream_idle_timeout

    @builtins.property
    def idle_timeout(self) -> typing.Optional[builtins.str]:
        '''Time a connection may stay without requests.

        :schema: ClientTrafficPolicySpecTimeoutHttp#idleTimeout
        '''
        result = self._values.get("idle_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def request_headers_received_timeout(self) -> typing.Optional[builtins.str]:
        '''Time until the headers have come in.

        :schema: ClientTrafficPolicySpecTimeoutHttp#requestHeadersReceivedTimeout
        '''
        result = self._values.get("request_headers_received_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def request_received_timeout(self) -> typing.Optional[builtins.str]:
        '''Time until the whole request has come in;

        0s for no limit.

        :schema: ClientTrafficPolicySpecTimeoutHttp#requestReceivedTimeout
        '''
        result = self._values.get("request_received_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def stream_idle_timeout(self) -> typing.Optional[builtins.str]:
        '''Time a stream may stay silent, WebSocket included;

        0s for no limit.

        :schema: ClientTrafficPolicySpecTimeoutHttp#streamIdleTimeout
        '''
        result = self._values.get("stream_idle_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpecTimeoutHttp(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecTimeoutTcp",
    jsii_struct_bases=[],
    name_mapping={"idle_timeout": "idleTimeout"},
)
class ClientTrafficPolicySpecTimeoutTcp:
    def __init__(self, *, idle_timeout: typing.Optional[builtins.str] = None) -> None:
        '''Limits of connections.

        :param idle_timeout: Time a TCP connection may stay silent.

        :schema: ClientTrafficPolicySpecTimeoutTcp
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__6d36a885335c466b4e4ec9b78a98113f06c2c24be48bdc655da33cede4c9913f)
            check_type(argname="argument idle_timeout", value=idle_timeout, expected_type=type_hints["idle_timeout"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if idle_timeout is not None:
            self._values["idle_timeout"] = idle_timeout

    @builtins.property
    def idle_timeout(self) -> typing.Optional[builtins.str]:
        '''Time a TCP connection may stay silent.

        :schema: ClientTrafficPolicySpecTimeoutTcp#idleTimeout
        '''
        result = self._values.get("idle_timeout")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpecTimeoutTcp(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecTls",
    jsii_struct_bases=[],
    name_mapping={
        "alpn_protocols": "alpnProtocols",
        "max_version": "maxVersion",
        "min_version": "minVersion",
    },
)
class ClientTrafficPolicySpecTls:
    def __init__(
        self,
        *,
        alpn_protocols: typing.Optional[typing.Sequence[builtins.str]] = None,
        max_version: typing.Optional["ClientTrafficPolicySpecTlsMaxVersion"] = None,
        min_version: typing.Optional["ClientTrafficPolicySpecTlsMinVersion"] = None,
    ) -> None:
        '''How TLS is spoken with clients.

        :param alpn_protocols: Protocols offered, for example h2.
        :param max_version: Newest version.
        :param min_version: Oldest version.

        :schema: ClientTrafficPolicySpecTls
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__7516b2fff53178f0b8a27b60fa7b59f2b7670b96bb9c3da5e21a09ec0782548b)
            check_type(argname="argument alpn_protocols", value=alpn_protocols, expected_type=type_hints["alpn_protocols"])
            check_type(argname="argument max_version", value=max_version, expected_type=type_hints["max_version"])
            check_type(argname="argument min_version", value=min_version, expected_type=type_hints["min_version"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if alpn_protocols is not None:
            self._values["alpn_protocols"] = alpn_protocols
        if max_version is not None:
            self._values["max_version"] = max_version
        if min_version is not None:
            self._values["min_version"] = min_version

    @builtins.property
    def alpn_protocols(self) -> typing.Optional[typing.List[builtins.str]]:
        '''Protocols offered, for example h2.

        :schema: ClientTrafficPolicySpecTls#alpnProtocols
        '''
        result = self._values.get("alpn_protocols")
        return typing.cast(typing.Optional[typing.List[builtins.str]], result)

    @builtins.property
    def max_version(self) -> typing.Optional["ClientTrafficPolicySpecTlsMaxVersion"]:
        '''Newest version.

        :schema: ClientTrafficPolicySpecTls#maxVersion
        '''
        result = self._values.get("max_version")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecTlsMaxVersion"], result)

    @builtins.property
    def min_version(self) -> typing.Optional["ClientTrafficPolicySpecTlsMinVersion"]:
        '''Oldest version.

        :schema: ClientTrafficPolicySpecTls#minVersion
        '''
        result = self._values.get("min_version")
        return typing.cast(typing.Optional["ClientTrafficPolicySpecTlsMinVersion"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "ClientTrafficPolicySpecTls(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecTlsMaxVersion")
class ClientTrafficPolicySpecTlsMaxVersion(enum.Enum):
    '''Newest version.

    :schema: ClientTrafficPolicySpecTlsMaxVersion
    '''

    AUTO = "AUTO"
    '''Auto.'''
    VALUE_1_0 = "VALUE_1_0"
    '''1.0.'''
    VALUE_1_1 = "VALUE_1_1"
    '''1.1.'''
    VALUE_1_2 = "VALUE_1_2"
    '''1.2.'''
    VALUE_1_3 = "VALUE_1_3"
    '''1.3.'''


@jsii.enum(jsii_type="ioenvoyproxygateway.ClientTrafficPolicySpecTlsMinVersion")
class ClientTrafficPolicySpecTlsMinVersion(enum.Enum):
    '''Oldest version.

    :schema: ClientTrafficPolicySpecTlsMinVersion
    '''

    AUTO = "AUTO"
    '''Auto.'''
    VALUE_1_0 = "VALUE_1_0"
    '''1.0.'''
    VALUE_1_1 = "VALUE_1_1"
    '''1.1.'''
    VALUE_1_2 = "VALUE_1_2"
    '''1.2.'''
    VALUE_1_3 = "VALUE_1_3"
    '''1.3.'''


class EnvoyProxy(
    _cdk8s_d3d9af27.ApiObject,
    metaclass=jsii.JSIIMeta,
    jsii_type="ioenvoyproxygateway.EnvoyProxy",
):
    '''How the proxy of a Gateway is set up.

    :schema: EnvoyProxy
    '''

    def __init__(
        self,
        scope: "_constructs_77d1e7e8.Construct",
        id: builtins.str,
        *,
        spec: typing.Union["EnvoyProxySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Defines a "EnvoyProxy" API object.

        :param scope: the scope in which to define this object.
        :param id: a scope-local name for the object.
        :param spec: Settings of the proxy.
        :param metadata: 
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__0cec580e5f2ba8832b8f046901fbaa29e674f9a370ae081f7c9ebe601b799d11)
            check_type(argname="argument scope", value=scope, expected_type=type_hints["scope"])
            check_type(argname="argument id", value=id, expected_type=type_hints["id"])
        props = EnvoyProxyProps(spec=spec, metadata=metadata)

        jsii.create(self.__class__, self, [scope, id, props])

    @jsii.member(jsii_name="manifest")
    @builtins.classmethod
    def manifest(
        cls,
        *,
        spec: typing.Union["EnvoyProxySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> typing.Any:
        '''Renders a Kubernetes manifest for "EnvoyProxy".

        This can be used to inline resource manifests inside other objects (e.g. as templates).

        :param spec: Settings of the proxy.
        :param metadata: 
        '''
        props = EnvoyProxyProps(spec=spec, metadata=metadata)

        return typing.cast(typing.Any, jsii.sinvoke(cls, "manifest", [props]))

    @jsii.member(jsii_name="toJson")
    def to_json(self) -> typing.Any:
        '''Renders the object to Kubernetes JSON.'''
        return typing.cast(typing.Any, jsii.invoke(self, "toJson", []))

    @jsii.python.classproperty
    @jsii.member(jsii_name="GVK")
    def GVK(cls) -> "_cdk8s_d3d9af27.GroupVersionKind":
        '''Returns the apiVersion and kind for "EnvoyProxy".'''
        return typing.cast("_cdk8s_d3d9af27.GroupVersionKind", jsii.sget(cls, "GVK"))


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.EnvoyProxyProps",
    jsii_struct_bases=[],
    name_mapping={"spec": "spec", "metadata": "metadata"},
)
class EnvoyProxyProps:
    def __init__(
        self,
        *,
        spec: typing.Union["EnvoyProxySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''How the proxy of a Gateway is set up.

        :param spec: Settings of the proxy.
        :param metadata: 

        :schema: EnvoyProxy
        '''
        if isinstance(spec, dict):
            spec = EnvoyProxySpec(**spec)
        if isinstance(metadata, dict):
            metadata = _cdk8s_d3d9af27.ApiObjectMetadata(**metadata)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__dea01fa40d8975c15cb0f9275f261f9af6ae4b6c76a04888977a49d9a294960f)
            check_type(argname="argument spec", value=spec, expected_type=type_hints["spec"])
            check_type(argname="argument metadata", value=metadata, expected_type=type_hints["metadata"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "spec": spec,
        }
        if metadata is not None:
            self._values["metadata"] = metadata

    @builtins.property
    def spec(self) -> "EnvoyProxySpec":
        '''Settings of the proxy.

        :schema: EnvoyProxy#spec
        '''
        result = self._values.get("spec")
        assert result is not None, "Required property 'spec' is missing"
        return typing.cast("EnvoyProxySpec", result)

    @builtins.property
    def metadata(self) -> typing.Optional["_cdk8s_d3d9af27.ApiObjectMetadata"]:
        '''
        :schema: EnvoyProxy#metadata
        '''
        result = self._values.get("metadata")
        return typing.cast(typing.Optional["_cdk8s_d3d9af27.ApiObjectMetadata"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "EnvoyProxyProps(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.EnvoyProxySpec",
    jsii_struct_bases=[],
    name_mapping={"provider": "provider"},
)
class EnvoyProxySpec:
    def __init__(
        self,
        *,
        provider: typing.Optional[typing.Union["EnvoyProxySpecProvider", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Settings of the proxy.

        :param provider: Where the proxy runs.

        :schema: EnvoyProxySpec
        '''
        if isinstance(provider, dict):
            provider = EnvoyProxySpecProvider(**provider)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__09c32f78523bff6f76238fbe811fa363eae59e183ac511493d70992b40c464a7)
            check_type(argname="argument provider", value=provider, expected_type=type_hints["provider"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if provider is not None:
            self._values["provider"] = provider

    @builtins.property
    def provider(self) -> typing.Optional["EnvoyProxySpecProvider"]:
        '''Where the proxy runs.

        :schema: EnvoyProxySpec#provider
        '''
        result = self._values.get("provider")
        return typing.cast(typing.Optional["EnvoyProxySpecProvider"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "EnvoyProxySpec(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.EnvoyProxySpecProvider",
    jsii_struct_bases=[],
    name_mapping={"type": "type", "kubernetes": "kubernetes"},
)
class EnvoyProxySpecProvider:
    def __init__(
        self,
        *,
        type: "EnvoyProxySpecProviderType",
        kubernetes: typing.Optional[typing.Union["EnvoyProxySpecProviderKubernetes", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Where the proxy runs.

        :param type: As pods of this cluster.
        :param kubernetes: Objects the controller makes for the proxy.

        :schema: EnvoyProxySpecProvider
        '''
        if isinstance(kubernetes, dict):
            kubernetes = EnvoyProxySpecProviderKubernetes(**kubernetes)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__0e8b7e949dce9f6f4e92e1b1b2a899e4081df7f073bff30d465119b63b8a48f5)
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
            check_type(argname="argument kubernetes", value=kubernetes, expected_type=type_hints["kubernetes"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "type": type,
        }
        if kubernetes is not None:
            self._values["kubernetes"] = kubernetes

    @builtins.property
    def type(self) -> "EnvoyProxySpecProviderType":
        '''As pods of this cluster.

        :schema: EnvoyProxySpecProvider#type
        '''
        result = self._values.get("type")
        assert result is not None, "Required property 'type' is missing"
        return typing.cast("EnvoyProxySpecProviderType", result)

    @builtins.property
    def kubernetes(self) -> typing.Optional["EnvoyProxySpecProviderKubernetes"]:
        '''Objects the controller makes for the proxy.

        :schema: EnvoyProxySpecProvider#kubernetes
        '''
        result = self._values.get("kubernetes")
        return typing.cast(typing.Optional["EnvoyProxySpecProviderKubernetes"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "EnvoyProxySpecProvider(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.EnvoyProxySpecProviderKubernetes",
    jsii_struct_bases=[],
    name_mapping={"envoy_service": "envoyService"},
)
class EnvoyProxySpecProviderKubernetes:
    def __init__(
        self,
        *,
        envoy_service: typing.Optional[typing.Union["EnvoyProxySpecProviderKubernetesEnvoyService", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Objects the controller makes for the proxy.

        :param envoy_service: The Service clients reach the proxy by.

        :schema: EnvoyProxySpecProviderKubernetes
        '''
        if isinstance(envoy_service, dict):
            envoy_service = EnvoyProxySpecProviderKubernetesEnvoyService(**envoy_service)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__4463086cbee06ba418ae148b5e1e7cb8b044e568814f712c39249b7b12d76f17)
            check_type(argname="argument envoy_service", value=envoy_service, expected_type=type_hints["envoy_service"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if envoy_service is not None:
            self._values["envoy_service"] = envoy_service

    @builtins.property
    def envoy_service(
        self,
    ) -> typing.Optional["EnvoyProxySpecProviderKubernetesEnvoyService"]:
        '''The Service clients reach the proxy by.

        :schema: EnvoyProxySpecProviderKubernetes#envoyService
        '''
        result = self._values.get("envoy_service")
        return typing.cast(typing.Optional["EnvoyProxySpecProviderKubernetesEnvoyService"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "EnvoyProxySpecProviderKubernetes(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.EnvoyProxySpecProviderKubernetesEnvoyService",
    jsii_struct_bases=[],
    name_mapping={"type": "type"},
)
class EnvoyProxySpecProviderKubernetesEnvoyService:
    def __init__(
        self,
        *,
        type: typing.Optional["EnvoyProxySpecProviderKubernetesEnvoyServiceType"] = None,
    ) -> None:
        '''The Service clients reach the proxy by.

        :param type: Type of the Service.

        :schema: EnvoyProxySpecProviderKubernetesEnvoyService
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__d1bd4e457198fe74d18c81d222fa222183563523c590b2653e5994a34f47cde0)
            check_type(argname="argument type", value=type, expected_type=type_hints["type"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if type is not None:
            self._values["type"] = type

    @builtins.property
    def type(
        self,
    ) -> typing.Optional["EnvoyProxySpecProviderKubernetesEnvoyServiceType"]:
        '''Type of the Service.

        :schema: EnvoyProxySpecProviderKubernetesEnvoyService#type
        '''
        result = self._values.get("type")
        return typing.cast(typing.Optional["EnvoyProxySpecProviderKubernetesEnvoyServiceType"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "EnvoyProxySpecProviderKubernetesEnvoyService(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.EnvoyProxySpecProviderKubernetesEnvoyServiceType"
)
class EnvoyProxySpecProviderKubernetesEnvoyServiceType(enum.Enum):
    '''Type of the Service.

    :schema: EnvoyProxySpecProviderKubernetesEnvoyServiceType
    '''

    CLUSTER_IP = "CLUSTER_IP"
    '''ClusterIP.'''
    LOAD_BALANCER = "LOAD_BALANCER"
    '''LoadBalancer.'''
    NODE_PORT = "NODE_PORT"
    '''NodePort.'''


@jsii.enum(jsii_type="ioenvoyproxygateway.EnvoyProxySpecProviderType")
class EnvoyProxySpecProviderType(enum.Enum):
    '''As pods of this cluster.

    :schema: EnvoyProxySpecProviderType
    '''

    KUBERNETES = "KUBERNETES"
    '''Kubernetes.'''


class SecurityPolicy(
    _cdk8s_d3d9af27.ApiObject,
    metaclass=jsii.JSIIMeta,
    jsii_type="ioenvoyproxygateway.SecurityPolicy",
):
    '''Who may call what a Gateway or a route serves.

    :schema: SecurityPolicy
    '''

    def __init__(
        self,
        scope: "_constructs_77d1e7e8.Construct",
        id: builtins.str,
        *,
        spec: typing.Union["SecurityPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Defines a "SecurityPolicy" API object.

        :param scope: the scope in which to define this object.
        :param id: a scope-local name for the object.
        :param spec: What the policy is for and what it sets.
        :param metadata: 
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__5f72aa91e843ccb7af42c09f1562c4af3c4767d49f2598f6491d1bf159dffacf)
            check_type(argname="argument scope", value=scope, expected_type=type_hints["scope"])
            check_type(argname="argument id", value=id, expected_type=type_hints["id"])
        props = SecurityPolicyProps(spec=spec, metadata=metadata)

        jsii.create(self.__class__, self, [scope, id, props])

    @jsii.member(jsii_name="manifest")
    @builtins.classmethod
    def manifest(
        cls,
        *,
        spec: typing.Union["SecurityPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> typing.Any:
        '''Renders a Kubernetes manifest for "SecurityPolicy".

        This can be used to inline resource manifests inside other objects (e.g. as templates).

        :param spec: What the policy is for and what it sets.
        :param metadata: 
        '''
        props = SecurityPolicyProps(spec=spec, metadata=metadata)

        return typing.cast(typing.Any, jsii.sinvoke(cls, "manifest", [props]))

    @jsii.member(jsii_name="toJson")
    def to_json(self) -> typing.Any:
        '''Renders the object to Kubernetes JSON.'''
        return typing.cast(typing.Any, jsii.invoke(self, "toJson", []))

    @jsii.python.classproperty
    @jsii.member(jsii_name="GVK")
    def GVK(cls) -> "_cdk8s_d3d9af27.GroupVersionKind":
        '''Returns the apiVersion and kind for "SecurityPolicy".'''
        return typing.cast("_cdk8s_d3d9af27.GroupVersionKind", jsii.sget(cls, "GVK"))


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.SecurityPolicyProps",
    jsii_struct_bases=[],
    name_mapping={"spec": "spec", "metadata": "metadata"},
)
class SecurityPolicyProps:
    def __init__(
        self,
        *,
        spec: typing.Union["SecurityPolicySpec", typing.Dict[builtins.str, typing.Any]],
        metadata: typing.Optional[typing.Union["_cdk8s_d3d9af27.ApiObjectMetadata", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''Who may call what a Gateway or a route serves.

        :param spec: What the policy is for and what it sets.
        :param metadata: 

        :schema: SecurityPolicy
        '''
        if isinstance(spec, dict):
            spec = SecurityPolicySpec(**spec)
        if isinstance(metadata, dict):
            metadata = _cdk8s_d3d9af27.ApiObjectMetadata(**metadata)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__4283a0c7430dd235779a5824aa466062fc3bf0240cdd82a6d85bce9df80432e5)
            check_type(argname="argument spec", value=spec, expected_type=type_hints["spec"])
            check_type(argname="argument metadata", value=metadata, expected_type=type_hints["metadata"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "spec": spec,
        }
        if metadata is not None:
            self._values["metadata"] = metadata

    @builtins.property
    def spec(self) -> "SecurityPolicySpec":
        '''What the policy is for and what it sets.

        :schema: SecurityPolicy#spec
        '''
        result = self._values.get("spec")
        assert result is not None, "Required property 'spec' is missing"
        return typing.cast("SecurityPolicySpec", result)

    @builtins.property
    def metadata(self) -> typing.Optional["_cdk8s_d3d9af27.ApiObjectMetadata"]:
        '''
        :schema: SecurityPolicy#metadata
        '''
        result = self._values.get("metadata")
        return typing.cast(typing.Optional["_cdk8s_d3d9af27.ApiObjectMetadata"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "SecurityPolicyProps(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.SecurityPolicySpec",
    jsii_struct_bases=[],
    name_mapping={
        "authorization": "authorization",
        "cors": "cors",
        "target_refs": "targetRefs",
    },
)
class SecurityPolicySpec:
    def __init__(
        self,
        *,
        authorization: typing.Optional[typing.Union["SecurityPolicySpecAuthorization", typing.Dict[builtins.str, typing.Any]]] = None,
        cors: typing.Optional[typing.Union["SecurityPolicySpecCors", typing.Dict[builtins.str, typing.Any]]] = None,
        target_refs: typing.Optional[typing.Sequence[typing.Union["SecurityPolicySpecTargetRefs", typing.Dict[builtins.str, typing.Any]]]] = None,
    ) -> None:
        '''What the policy is for and what it sets.

        :param authorization: Which clients are let in.
        :param cors: Which pages of other origins may call.
        :param target_refs: Gateways and routes the policy is for.

        :schema: SecurityPolicySpec
        '''
        if isinstance(authorization, dict):
            authorization = SecurityPolicySpecAuthorization(**authorization)
        if isinstance(cors, dict):
            cors = SecurityPolicySpecCors(**cors)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__42073503e4df6ff7ca66efd16b0b6c0364efe6a66fd02733e484d77f057eae51)
            check_type(argname="argument authorization", value=authorization, expected_type=type_hints["authorization"])
            check_type(argname="argument cors", value=cors, expected_type=type_hints["cors"])
            check_type(argname="argument target_refs", value=target_refs, expected_type=type_hints["target_refs"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if authorization is not None:
            self._values["authorization"] = authorization
        if cors is not None:
            self._values["cors"] = cors
        if target_refs is not None:
            self._values["target_refs"] = target_refs

    @builtins.property
    def authorization(self) -> typing.Optional["SecurityPolicySpecAuthorization"]:
        '''Which clients are let in.

        :schema: SecurityPolicySpec#authorization
        '''
        result = self._values.get("authorization")
        return typing.cast(typing.Optional["SecurityPolicySpecAuthorization"], result)

    @builtins.property
    def cors(self) -> typing.Optional["SecurityPolicySpecCors"]:
        '''Which pages of other origins may call.

        :schema: SecurityPolicySpec#cors
        '''
        result = self._values.get("cors")
        return typing.cast(typing.Optional["SecurityPolicySpecCors"], result)

    @builtins.property
    def target_refs(
        self,
    ) -> typing.Optional[typing.List["SecurityPolicySpecTargetRefs"]]:
        '''Gateways and routes the policy is for.

        :schema: SecurityPolicySpec#targetRefs
        '''
        result = self._values.get("target_refs")
        return typing.cast(typing.Optional[typing.List["SecurityPolicySpecTargetRefs"]], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "SecurityPolicySpec(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.SecurityPolicySpecAuthorization",
    jsii_struct_bases=[],
    name_mapping={"default_action": "defaultAction", "rules": "rules"},
)
class SecurityPolicySpecAuthorization:
    def __init__(
        self,
        *,
        default_action: typing.Optional["SecurityPolicySpecAuthorizationDefaultAction"] = None,
        rules: typing.Optional[typing.Sequence[typing.Union["SecurityPolicySpecAuthorizationRules", typing.Dict[builtins.str, typing.Any]]]] = None,
    ) -> None:
        '''Which clients are let in.

        :param default_action: What happens to a client no rule is about.
        :param rules: Rules in order; the first that fits decides.

        :schema: SecurityPolicySpecAuthorization
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__12df3465eca5780d9e6dd639138b28bf050eef5f1bb4b48f6cde668c5fe4b3b2)
            check_type(argname="argument default_action", value=default_action, expected_type=type_hints["default_action"])
            check_type(argname="argument rules", value=rules, expected_type=type_hints["rules"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if default_action is not None:
            self._values["default_action"] = default_action
        if rules is not None:
            self._values["rules"] = rules

    @builtins.property
    def default_action(
        self,
    ) -> typing.Optional["SecurityPolicySpecAuthorizationDefaultAction"]:
        '''What happens to a client no rule is about.

        :schema: SecurityPolicySpecAuthorization#defaultAction
        '''
        result = self._values.get("default_action")
        return typing.cast(typing.Optional["SecurityPolicySpecAuthorizationDefaultAction"], result)

    @builtins.property
    def rules(
        self,
    ) -> typing.Optional[typing.List["SecurityPolicySpecAuthorizationRules"]]:
        '''Rules in order;

        the first that fits decides.

        :schema: SecurityPolicySpecAuthorization#rules
        '''
        result = self._values.get("rules")
        return typing.cast(typing.Optional[typing.List["SecurityPolicySpecAuthorizationRules"]], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "SecurityPolicySpecAuthorization(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(
    jsii_type="ioenvoyproxygateway.SecurityPolicySpecAuthorizationDefaultAction"
)
class SecurityPolicySpecAuthorizationDefaultAction(enum.Enum):
    '''What happens to a client no rule is about.

    :schema: SecurityPolicySpecAuthorizationDefaultAction
    '''

    ALLOW = "ALLOW"
    '''Allow.'''
    DENY = "DENY"
    '''Deny.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.SecurityPolicySpecAuthorizationRules",
    jsii_struct_bases=[],
    name_mapping={"action": "action", "name": "name", "principal": "principal"},
)
class SecurityPolicySpecAuthorizationRules:
    def __init__(
        self,
        *,
        action: "SecurityPolicySpecAuthorizationRulesAction",
        name: typing.Optional[builtins.str] = None,
        principal: typing.Optional[typing.Union["SecurityPolicySpecAuthorizationRulesPrincipal", typing.Dict[builtins.str, typing.Any]]] = None,
    ) -> None:
        '''
        :param action: What happens to a client the rule fits.
        :param name: Name of the rule.
        :param principal: Clients the rule fits.

        :schema: SecurityPolicySpecAuthorizationRules
        '''
        if isinstance(principal, dict):
            principal = SecurityPolicySpecAuthorizationRulesPrincipal(**principal)
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__528d442a8bf26a1b8df482f1e915322a55481b13db6828b6ef5499628a1f916d)
            check_type(argname="argument action", value=action, expected_type=type_hints["action"])
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument principal", value=principal, expected_type=type_hints["principal"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "action": action,
        }
        if name is not None:
            self._values["name"] = name
        if principal is not None:
            self._values["principal"] = principal

    @builtins.property
    def action(self) -> "SecurityPolicySpecAuthorizationRulesAction":
        '''What happens to a client the rule fits.

        :schema: SecurityPolicySpecAuthorizationRules#action
        '''
        result = self._values.get("action")
        assert result is not None, "Required property 'action' is missing"
        return typing.cast("SecurityPolicySpecAuthorizationRulesAction", result)

    @builtins.property
    def name(self) -> typing.Optional[builtins.str]:
        '''Name of the rule.

        :schema: SecurityPolicySpecAuthorizationRules#name
        '''
        result = self._values.get("name")
        return typing.cast(typing.Optional[builtins.str], result)

    @builtins.property
    def principal(
        self,
    ) -> typing.Optional["SecurityPolicySpecAuthorizationRulesPrincipal"]:
        '''Clients the rule fits.

        :schema: SecurityPolicySpecAuthorizationRules#principal
        '''
        result = self._values.get("principal")
        return typing.cast(typing.Optional["SecurityPolicySpecAuthorizationRulesPrincipal"], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "SecurityPolicySpecAuthorizationRules(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.enum(jsii_type="ioenvoyproxygateway.SecurityPolicySpecAuthorizationRulesAction")
class SecurityPolicySpecAuthorizationRulesAction(enum.Enum):
    '''What happens to a client the rule fits.

    :schema: SecurityPolicySpecAuthorizationRulesAction
    '''

    ALLOW = "ALLOW"
    '''Allow.'''
    DENY = "DENY"
    '''Deny.'''


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.SecurityPolicySpecAuthorizationRulesPrincipal",
    jsii_struct_bases=[],
    name_mapping={"client_cid_rs": "clientCidRs"},
)
class SecurityPolicySpecAuthorizationRulesPrincipal:
    def __init__(
        self,
        *,
        client_cid_rs: typing.Optional[typing.Sequence[builtins.str]] = None,
    ) -> None:
        '''Clients the rule fits.

        :param client_cid_rs: Address ranges the client may come from.

        :schema: SecurityPolicySpecAuthorizationRulesPrincipal
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__3b39beeaf1e2fdb8c8a58226936d9732b93516381900434a680552378098bd38)
            check_type(argname="argument client_cid_rs", value=client_cid_rs, expected_type=type_hints["client_cid_rs"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if client_cid_rs is not None:
            self._values["client_cid_rs"] = client_cid_rs

    @builtins.property
    def client_cid_rs(self) -> typing.Optional[typing.List[builtins.str]]:
        '''Address ranges the client may come from.

        :schema: SecurityPolicySpecAuthorizationRulesPrincipal#clientCIDRs
        '''
        result = self._values.get("client_cid_rs")
        return typing.cast(typing.Optional[typing.List[builtins.str]], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "SecurityPolicySpecAuthorizationRulesPrincipal(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.SecurityPolicySpecCors",
    jsii_struct_bases=[],
    name_mapping={
        "allow_credentials": "allowCredentials",
        "allow_headers": "allowHeaders",
        "allow_methods": "allowMethods",
        "allow_origins": "allowOrigins",
        "expose_headers": "exposeHeaders",
        "max_age": "maxAge",
    },
)
class SecurityPolicySpecCors:
    def __init__(
        self,
        *,
        allow_credentials: typing.Optional[builtins.bool] = None,
        allow_headers: typing.Optional[typing.Sequence[builtins.str]] = None,
        allow_methods: typing.Optional[typing.Sequence[builtins.str]] = None,
        allow_origins: typing.Optional[typing.Sequence[builtins.str]] = None,
        expose_headers: typing.Optional[typing.Sequence[builtins.str]] = None,
        max_age: typing.Optional[builtins.str] = None,
    ) -> None:
        '''Which pages of other origins may call.

        :param allow_credentials: Whether they may send cookies and credentials.
        :param allow_headers: Request headers they may send.
        :param allow_methods: Methods they may use.
        :param allow_origins: Origins of the pages.
        :param expose_headers: Response headers they may read.
        :param max_age: How long a browser may remember the answer.

        :schema: SecurityPolicySpecCors
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__30606492f2e2941b5f5213a80f478a9a9d651404e7d929e4b06259b698ce2d80)
            check_type(argname="argument allow_credentials", value=allow_credentials, expected_type=type_hints["allow_credentials"])
            check_type(argname="argument allow_headers", value=allow_headers, expected_type=type_hints["allow_headers"])
            check_type(argname="argument allow_methods", value=allow_methods, expected_type=type_hints["allow_methods"])
            check_type(argname="argument allow_origins", value=allow_origins, expected_type=type_hints["allow_origins"])
            check_type(argname="argument expose_headers", value=expose_headers, expected_type=type_hints["expose_headers"])
            check_type(argname="argument max_age", value=max_age, expected_type=type_hints["max_age"])
        self._values: typing.Dict[builtins.str, typing.Any] = {}
        if allow_credentials is not None:
            self._values["allow_credentials"] = allow_credentials
        if allow_headers is not None:
            self._values["allow_headers"] = allow_headers
        if allow_methods is not None:
            self._values["allow_methods"] = allow_methods
        if allow_origins is not None:
            self._values["allow_origins"] = allow_origins
        if expose_headers is not None:
            self._values["expose_headers"] = expose_headers
        if max_age is not None:
            self._values["max_age"] = max_age

    @builtins.property
    def allow_credentials(self) -> typing.Optional[builtins.bool]:
        '''Whether they may send cookies and credentials.

        :schema: SecurityPolicySpecCors#allowCredentials
        '''
        result = self._values.get("allow_credentials")
        return typing.cast(typing.Optional[builtins.bool], result)

    @builtins.property
    def allow_headers(self) -> typing.Optional[typing.List[builtins.str]]:
        '''Request headers they may send.

        :schema: SecurityPolicySpecCors#allowHeaders
        '''
        result = self._values.get("allow_headers")
        return typing.cast(typing.Optional[typing.List[builtins.str]], result)

    @builtins.property
    def allow_methods(self) -> typing.Optional[typing.List[builtins.str]]:
        '''Methods they may use.

        :schema: SecurityPolicySpecCors#allowMethods
        '''
        result = self._values.get("allow_methods")
        return typing.cast(typing.Optional[typing.List[builtins.str]], result)

    @builtins.property
    def allow_origins(self) -> typing.Optional[typing.List[builtins.str]]:
        '''Origins of the pages.

        :schema: SecurityPolicySpecCors#allowOrigins
        '''
        result = self._values.get("allow_origins")
        return typing.cast(typing.Optional[typing.List[builtins.str]], result)

    @builtins.property
    def expose_headers(self) -> typing.Optional[typing.List[builtins.str]]:
        '''Response headers they may read.

        :schema: SecurityPolicySpecCors#exposeHeaders
        '''
        result = self._values.get("expose_headers")
        return typing.cast(typing.Optional[typing.List[builtins.str]], result)

    @builtins.property
    def max_age(self) -> typing.Optional[builtins.str]:
        '''How long a browser may remember the answer.

        :schema: SecurityPolicySpecCors#maxAge
        '''
        result = self._values.get("max_age")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "SecurityPolicySpecCors(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


@jsii.data_type(
    jsii_type="ioenvoyproxygateway.SecurityPolicySpecTargetRefs",
    jsii_struct_bases=[],
    name_mapping={
        "group": "group",
        "kind": "kind",
        "name": "name",
        "section_name": "sectionName",
    },
)
class SecurityPolicySpecTargetRefs:
    def __init__(
        self,
        *,
        group: builtins.str,
        kind: builtins.str,
        name: builtins.str,
        section_name: typing.Optional[builtins.str] = None,
    ) -> None:
        '''
        :param group: API group of the kind.
        :param kind: Kind of the object, for example HTTPRoute.
        :param name: Name of the object.
        :param section_name: One listener or rule of the object; without it, all of them.

        :schema: SecurityPolicySpecTargetRefs
        '''
        if __debug__:
            type_hints = cached_type_hints(_typecheckingstub__992be523368066ed3d8cef3a07f7e4294342b9f45997e2ffd346ab56ff5a170c)
            check_type(argname="argument group", value=group, expected_type=type_hints["group"])
            check_type(argname="argument kind", value=kind, expected_type=type_hints["kind"])
            check_type(argname="argument name", value=name, expected_type=type_hints["name"])
            check_type(argname="argument section_name", value=section_name, expected_type=type_hints["section_name"])
        self._values: typing.Dict[builtins.str, typing.Any] = {
            "group": group,
            "kind": kind,
            "name": name,
        }
        if section_name is not None:
            self._values["section_name"] = section_name

    @builtins.property
    def group(self) -> builtins.str:
        '''API group of the kind.

        :schema: SecurityPolicySpecTargetRefs#group
        '''
        result = self._values.get("group")
        assert result is not None, "Required property 'group' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def kind(self) -> builtins.str:
        '''Kind of the object, for example HTTPRoute.

        :schema: SecurityPolicySpecTargetRefs#kind
        '''
        result = self._values.get("kind")
        assert result is not None, "Required property 'kind' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def name(self) -> builtins.str:
        '''Name of the object.

        :schema: SecurityPolicySpecTargetRefs#name
        '''
        result = self._values.get("name")
        assert result is not None, "Required property 'name' is missing"
        return typing.cast(builtins.str, result)

    @builtins.property
    def section_name(self) -> typing.Optional[builtins.str]:
        '''One listener or rule of the object;

        without it, all of them.

        :schema: SecurityPolicySpecTargetRefs#sectionName
        '''
        result = self._values.get("section_name")
        return typing.cast(typing.Optional[builtins.str], result)

    def __eq__(self, rhs: typing.Any) -> builtins.bool:
        return isinstance(rhs, self.__class__) and rhs._values == self._values

    def __ne__(self, rhs: typing.Any) -> builtins.bool:
        return not (rhs == self)

    def __repr__(self) -> str:
        return "SecurityPolicySpecTargetRefs(%s)" % ", ".join(
            k + "=" + repr(v) for k, v in self._values.items()
        )


__all__ = [
    "BackendTrafficPolicy",
    "BackendTrafficPolicyProps",
    "BackendTrafficPolicySpec",
    "BackendTrafficPolicySpecConnection",
    "BackendTrafficPolicySpecConnectionBufferLimit",
    "BackendTrafficPolicySpecHttpUpgrade",
    "BackendTrafficPolicySpecLoadBalancer",
    "BackendTrafficPolicySpecLoadBalancerConsistentHash",
    "BackendTrafficPolicySpecLoadBalancerConsistentHashCookie",
    "BackendTrafficPolicySpecLoadBalancerConsistentHashType",
    "BackendTrafficPolicySpecLoadBalancerType",
    "BackendTrafficPolicySpecRateLimit",
    "BackendTrafficPolicySpecRateLimitGlobal",
    "BackendTrafficPolicySpecRateLimitGlobalRules",
    "BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors",
    "BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders",
    "BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeadersType",
    "BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr",
    "BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidrType",
    "BackendTrafficPolicySpecRateLimitGlobalRulesLimit",
    "BackendTrafficPolicySpecRateLimitGlobalRulesLimitUnit",
    "BackendTrafficPolicySpecRateLimitLocal",
    "BackendTrafficPolicySpecRateLimitLocalRules",
    "BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors",
    "BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders",
    "BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeadersType",
    "BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr",
    "BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidrType",
    "BackendTrafficPolicySpecRateLimitLocalRulesLimit",
    "BackendTrafficPolicySpecRateLimitLocalRulesLimitUnit",
    "BackendTrafficPolicySpecRequestBuffer",
    "BackendTrafficPolicySpecRequestBufferLimit",
    "BackendTrafficPolicySpecRetry",
    "BackendTrafficPolicySpecRetryPerRetry",
    "BackendTrafficPolicySpecRetryPerRetryBackOff",
    "BackendTrafficPolicySpecRetryRetryOn",
    "BackendTrafficPolicySpecRetryRetryOnTriggers",
    "BackendTrafficPolicySpecTargetRefs",
    "BackendTrafficPolicySpecTimeout",
    "BackendTrafficPolicySpecTimeoutHttp",
    "BackendTrafficPolicySpecTimeoutTcp",
    "ClientTrafficPolicy",
    "ClientTrafficPolicyProps",
    "ClientTrafficPolicySpec",
    "ClientTrafficPolicySpecClientIpDetection",
    "ClientTrafficPolicySpecClientIpDetectionXForwardedFor",
    "ClientTrafficPolicySpecConnection",
    "ClientTrafficPolicySpecConnectionBufferLimit",
    "ClientTrafficPolicySpecTargetRefs",
    "ClientTrafficPolicySpecTimeout",
    "ClientTrafficPolicySpecTimeoutHttp",
    "ClientTrafficPolicySpecTimeoutTcp",
    "ClientTrafficPolicySpecTls",
    "ClientTrafficPolicySpecTlsMaxVersion",
    "ClientTrafficPolicySpecTlsMinVersion",
    "EnvoyProxy",
    "EnvoyProxyProps",
    "EnvoyProxySpec",
    "EnvoyProxySpecProvider",
    "EnvoyProxySpecProviderKubernetes",
    "EnvoyProxySpecProviderKubernetesEnvoyService",
    "EnvoyProxySpecProviderKubernetesEnvoyServiceType",
    "EnvoyProxySpecProviderType",
    "SecurityPolicy",
    "SecurityPolicyProps",
    "SecurityPolicySpec",
    "SecurityPolicySpecAuthorization",
    "SecurityPolicySpecAuthorizationDefaultAction",
    "SecurityPolicySpecAuthorizationRules",
    "SecurityPolicySpecAuthorizationRulesAction",
    "SecurityPolicySpecAuthorizationRulesPrincipal",
    "SecurityPolicySpecCors",
    "SecurityPolicySpecTargetRefs",
]

publication.publish()

def _typecheckingstub__ccb77dad5c287a7c348509b4160b688d7812b1261919a21b95f38ab447eb0ca5(
    scope: _constructs_77d1e7e8.Construct,
    id: builtins.str,
    *,
    spec: typing.Union[BackendTrafficPolicySpec, typing.Dict[builtins.str, typing.Any]],
    metadata: typing.Optional[typing.Union[_cdk8s_d3d9af27.ApiObjectMetadata, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__18a72f64ac34e9d41d848081874f31550c1294198ce53ed3034d3ddb323584eb(
    *,
    spec: typing.Union[BackendTrafficPolicySpec, typing.Dict[builtins.str, typing.Any]],
    metadata: typing.Optional[typing.Union[_cdk8s_d3d9af27.ApiObjectMetadata, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__a58e394c0cc3770f6966fb02db750da3ab52d3fc2019749f17e58603324dcd4b(
    *,
    connection: typing.Optional[typing.Union[BackendTrafficPolicySpecConnection, typing.Dict[builtins.str, typing.Any]]] = None,
    http_upgrade: typing.Optional[typing.Sequence[typing.Union[BackendTrafficPolicySpecHttpUpgrade, typing.Dict[builtins.str, typing.Any]]]] = None,
    load_balancer: typing.Optional[typing.Union[BackendTrafficPolicySpecLoadBalancer, typing.Dict[builtins.str, typing.Any]]] = None,
    rate_limit: typing.Optional[typing.Union[BackendTrafficPolicySpecRateLimit, typing.Dict[builtins.str, typing.Any]]] = None,
    request_buffer: typing.Optional[typing.Union[BackendTrafficPolicySpecRequestBuffer, typing.Dict[builtins.str, typing.Any]]] = None,
    retry: typing.Optional[typing.Union[BackendTrafficPolicySpecRetry, typing.Dict[builtins.str, typing.Any]]] = None,
    target_refs: typing.Optional[typing.Sequence[typing.Union[BackendTrafficPolicySpecTargetRefs, typing.Dict[builtins.str, typing.Any]]]] = None,
    timeout: typing.Optional[typing.Union[BackendTrafficPolicySpecTimeout, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__7055c05e62590f14922a6eb441ad06a7bdcd7f160c10e3c9fe018ee01641281d(
    *,
    buffer_limit: typing.Optional[BackendTrafficPolicySpecConnectionBufferLimit] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__9dab59d2a727e158bd8ab98a68210445b998b2ca1beaf8b940d91449eeac0dce(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__87752c35823ef364e01e85331830442d023370a98ae1fba830908d78353c2fdf(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__75bfb9e7ea98c42cf3e911d611585d3cb5ff3de3c88cd571fb79ab63cbd7635a(
    *,
    type: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__32df35ff3dcde37db281865300f234b6fb3acf83432b8b8114374a8f3e1793ff(
    *,
    type: BackendTrafficPolicySpecLoadBalancerType,
    consistent_hash: typing.Optional[typing.Union[BackendTrafficPolicySpecLoadBalancerConsistentHash, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__32e8b3c717cd685e6ebdaa32df998d8843e55ff2e68fe8cf80b12703c03d7e5d(
    *,
    type: BackendTrafficPolicySpecLoadBalancerConsistentHashType,
    cookie: typing.Optional[typing.Union[BackendTrafficPolicySpecLoadBalancerConsistentHashCookie, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__b870ca0a3e05d8341442f4c84f20c01be1859af378c9593768415b51f4ec0879(
    *,
    name: builtins.str,
    attributes: typing.Optional[typing.Mapping[builtins.str, builtins.str]] = None,
    ttl: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__e91534ee135b9777657b789214c2ae6c201cab7c0732b9d4ba1552a3be63f191(
    *,
    global_: typing.Optional[typing.Union[BackendTrafficPolicySpecRateLimitGlobal, typing.Dict[builtins.str, typing.Any]]] = None,
    local: typing.Optional[typing.Union[BackendTrafficPolicySpecRateLimitLocal, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__206df3e205b7a66f4002dbe04097666ff3e2267a27df4e19e291703411c6b29e(
    *,
    rules: typing.Sequence[typing.Union[BackendTrafficPolicySpecRateLimitGlobalRules, typing.Dict[builtins.str, typing.Any]]],
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__a183ddab4a2c53730b81e8a5c8045ee17ccb245290fb5e5f54e2e7a356f22571(
    *,
    limit: typing.Union[BackendTrafficPolicySpecRateLimitGlobalRulesLimit, typing.Dict[builtins.str, typing.Any]],
    client_selectors: typing.Optional[typing.Sequence[typing.Union[BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectors, typing.Dict[builtins.str, typing.Any]]]] = None,
    shared: typing.Optional[builtins.bool] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__c3e686e8725c7c8a8c5eb45b860a6f17cf689ef8825a320bc55b778e3fa86a5f(
    *,
    headers: typing.Optional[typing.Sequence[typing.Union[BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeaders, typing.Dict[builtins.str, typing.Any]]]] = None,
    source_cidr: typing.Optional[typing.Union[BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidr, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__72138ad442153dc505f83ca006c1987be0ea835f00404fd5d43cdab9daa7c178(
    *,
    name: builtins.str,
    type: typing.Optional[BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsHeadersType] = None,
    value: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__38cd238bdd45f2eb5444755a2e559f6fe9d06bef165b5be77c10ed5653571d4b(
    *,
    value: builtins.str,
    type: typing.Optional[BackendTrafficPolicySpecRateLimitGlobalRulesClientSelectorsSourceCidrType] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__0f5077fa5dd33665b9de11f1ff28ddb727f20442bf0111055fe9df03cdac17a1(
    *,
    requests: jsii.Number,
    unit: BackendTrafficPolicySpecRateLimitGlobalRulesLimitUnit,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__4baa84345fe10dc46bda934138c1ed800461ec74c5930742a9ef23af8de0a033(
    *,
    rules: typing.Optional[typing.Sequence[typing.Union[BackendTrafficPolicySpecRateLimitLocalRules, typing.Dict[builtins.str, typing.Any]]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__fff9591c606f02fd4fdbbd5d5501e5e770acea3457dcfde79c97a0811f74ebcf(
    *,
    limit: typing.Union[BackendTrafficPolicySpecRateLimitLocalRulesLimit, typing.Dict[builtins.str, typing.Any]],
    client_selectors: typing.Optional[typing.Sequence[typing.Union[BackendTrafficPolicySpecRateLimitLocalRulesClientSelectors, typing.Dict[builtins.str, typing.Any]]]] = None,
    shared: typing.Optional[builtins.bool] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__9114e0a8ed31f7d9a1758e2465f9dfa03ce6bf490940c28e8ee036bc8024fb9c(
    *,
    headers: typing.Optional[typing.Sequence[typing.Union[BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeaders, typing.Dict[builtins.str, typing.Any]]]] = None,
    source_cidr: typing.Optional[typing.Union[BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidr, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__c626f1f25ba4de41094de236d679559255b149f73671dd27214b5d18c1ceaf4c(
    *,
    name: builtins.str,
    type: typing.Optional[BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsHeadersType] = None,
    value: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__a8088e1b04b986797b2380cc58da951fcb246e2b869e88ede8bd52e480d60e34(
    *,
    value: builtins.str,
    type: typing.Optional[BackendTrafficPolicySpecRateLimitLocalRulesClientSelectorsSourceCidrType] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__7cffbcfaa05e999472a598074fac0d913a81fc5592c5505e1b0d697124ed1268(
    *,
    requests: jsii.Number,
    unit: BackendTrafficPolicySpecRateLimitLocalRulesLimitUnit,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__1c4fa5606fd670c958551b02d83faf0b66bb12dc5068b6a5965275eaf4ab84b7(
    *,
    limit: typing.Optional[BackendTrafficPolicySpecRequestBufferLimit] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__5111fcdfb6b36ef734ca81b9e618eaa75b5d594f64ddbd7d9fff718f83613720(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__7dacaad2a6cad930f933dbabca1be420c3a16cfbe3c412e11ade5c8a3fabb4a3(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__53e0903a257a7a8984991e0818e6a9bda5692c408cca3453d3022d56ac203333(
    *,
    num_retries: typing.Optional[jsii.Number] = None,
    per_retry: typing.Optional[typing.Union[BackendTrafficPolicySpecRetryPerRetry, typing.Dict[builtins.str, typing.Any]]] = None,
    retry_on: typing.Optional[typing.Union[BackendTrafficPolicySpecRetryRetryOn, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__d936aa99f690d7eed29d5136a0251296ceb9b8234c55c25eb2efaa543a7be1c2(
    *,
    back_off: typing.Optional[typing.Union[BackendTrafficPolicySpecRetryPerRetryBackOff, typing.Dict[builtins.str, typing.Any]]] = None,
    timeout: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__f0d2dfd3245e0b7ae24e1d966bbf5fa6fb40abd7527bd4d0642bb7033cf326a9(
    *,
    base_interval: typing.Optional[builtins.str] = None,
    max_interval: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__b3a4690558d60e7acba1c0b378bfcabdba7ddad1f233fa5cf569b6a97ce81f14(
    *,
    http_status_codes: typing.Optional[typing.Sequence[jsii.Number]] = None,
    triggers: typing.Optional[typing.Sequence[BackendTrafficPolicySpecRetryRetryOnTriggers]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__96aebee63cd9f95c0489b208a3cd910a946b8b44b041c4f77f79941ee91d7b8f(
    *,
    group: builtins.str,
    kind: builtins.str,
    name: builtins.str,
    section_name: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__97ecef80b2c846b7d1e776f49ace8e407dfcabc9c7c4bc245a144bc014a7ce8b(
    *,
    http: typing.Optional[typing.Union[BackendTrafficPolicySpecTimeoutHttp, typing.Dict[builtins.str, typing.Any]]] = None,
    tcp: typing.Optional[typing.Union[BackendTrafficPolicySpecTimeoutTcp, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__d4b60ab21164582e77bd3fd7f1ec52142bc99e6e46dc93ab3fba6a8d51198217(
    *,
    connection_idle_timeout: typing.Optional[builtins.str] = None,
    max_connection_duration: typing.Optional[builtins.str] = None,
    max_stream_duration: typing.Optional[builtins.str] = None,
    request_timeout: typing.Optional[builtins.str] = None,
    stream_idle_timeout: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__6ef784a798db01e6aa27df6d3e6d9117c61edf62e4bffd24f95604999397ef60(
    *,
    connect_timeout: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__66c43cf83bc497e6f09cabb0c707308bfae42a500de8913eb55ad4cd5454c17d(
    scope: _constructs_77d1e7e8.Construct,
    id: builtins.str,
    *,
    spec: typing.Union[ClientTrafficPolicySpec, typing.Dict[builtins.str, typing.Any]],
    metadata: typing.Optional[typing.Union[_cdk8s_d3d9af27.ApiObjectMetadata, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__65934b92eb68056b865e230d9877575416fbde3948b1063dbb4cd7ed57057730(
    *,
    spec: typing.Union[ClientTrafficPolicySpec, typing.Dict[builtins.str, typing.Any]],
    metadata: typing.Optional[typing.Union[_cdk8s_d3d9af27.ApiObjectMetadata, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__2bddf878bfd85f55a8b8605fd5f79193dfc4e69e90787109d1278c754138a583(
    *,
    client_ip_detection: typing.Optional[typing.Union[ClientTrafficPolicySpecClientIpDetection, typing.Dict[builtins.str, typing.Any]]] = None,
    connection: typing.Optional[typing.Union[ClientTrafficPolicySpecConnection, typing.Dict[builtins.str, typing.Any]]] = None,
    target_refs: typing.Optional[typing.Sequence[typing.Union[ClientTrafficPolicySpecTargetRefs, typing.Dict[builtins.str, typing.Any]]]] = None,
    timeout: typing.Optional[typing.Union[ClientTrafficPolicySpecTimeout, typing.Dict[builtins.str, typing.Any]]] = None,
    tls: typing.Optional[typing.Union[ClientTrafficPolicySpecTls, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__0924667e0ebebe486ed4fa5d08e17b1fb8590a756af984d88f69930a52df4a4c(
    *,
    x_forwarded_for: typing.Optional[typing.Union[ClientTrafficPolicySpecClientIpDetectionXForwardedFor, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__d51de131137861844b4a8ff0e6bedc48d61b9ecfeaecb0aa47de4483316d15a3(
    *,
    num_trusted_hops: typing.Optional[jsii.Number] = None,
    trusted_cid_rs: typing.Optional[typing.Sequence[builtins.str]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__9154faf005dc47cb88152898bff459aacce1e9a7f69ec2a8088f7d437fd82e4e(
    *,
    buffer_limit: typing.Optional[ClientTrafficPolicySpecConnectionBufferLimit] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__af216cb1563add9994f6213619a0845dfa649e004486c1d2539ad858385e91b2(
    value: jsii.Number,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__295b7920e0d36ad8826d48e6496be715021bae06f2eacb968caee8f3dcd33aee(
    value: builtins.str,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__f45b1a4e9a03e9c2737065e8eddde9e69e600d5a419c8b920258ddfe3f025a43(
    *,
    group: builtins.str,
    kind: builtins.str,
    name: builtins.str,
    section_name: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__ac22ac1a8c29a8a78826dad39af506134bc3febed1ef61262949621f5185ed27(
    *,
    http: typing.Optional[typing.Union[ClientTrafficPolicySpecTimeoutHttp, typing.Dict[builtins.str, typing.Any]]] = None,
    tcp: typing.Optional[typing.Union[ClientTrafficPolicySpecTimeoutTcp, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__815785be55d0870bbecac5498bdd34d94b9e449f74526518cddee9eff6795d23(
    *,
    idle_timeout: typing.Optional[builtins.str] = None,
    request_headers_received_timeout: typing.Optional[builtins.str] = None,
    request_received_timeout: typing.Optional[builtins.str] = None,
    stream_idle_timeout: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__6d36a885335c466b4e4ec9b78a98113f06c2c24be48bdc655da33cede4c9913f(
    *,
    idle_timeout: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__7516b2fff53178f0b8a27b60fa7b59f2b7670b96bb9c3da5e21a09ec0782548b(
    *,
    alpn_protocols: typing.Optional[typing.Sequence[builtins.str]] = None,
    max_version: typing.Optional[ClientTrafficPolicySpecTlsMaxVersion] = None,
    min_version: typing.Optional[ClientTrafficPolicySpecTlsMinVersion] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__0cec580e5f2ba8832b8f046901fbaa29e674f9a370ae081f7c9ebe601b799d11(
    scope: _constructs_77d1e7e8.Construct,
    id: builtins.str,
    *,
    spec: typing.Union[EnvoyProxySpec, typing.Dict[builtins.str, typing.Any]],
    metadata: typing.Optional[typing.Union[_cdk8s_d3d9af27.ApiObjectMetadata, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__dea01fa40d8975c15cb0f9275f261f9af6ae4b6c76a04888977a49d9a294960f(
    *,
    spec: typing.Union[EnvoyProxySpec, typing.Dict[builtins.str, typing.Any]],
    metadata: typing.Optional[typing.Union[_cdk8s_d3d9af27.ApiObjectMetadata, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__09c32f78523bff6f76238fbe811fa363eae59e183ac511493d70992b40c464a7(
    *,
    provider: typing.Optional[typing.Union[EnvoyProxySpecProvider, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__0e8b7e949dce9f6f4e92e1b1b2a899e4081df7f073bff30d465119b63b8a48f5(
    *,
    type: EnvoyProxySpecProviderType,
    kubernetes: typing.Optional[typing.Union[EnvoyProxySpecProviderKubernetes, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__4463086cbee06ba418ae148b5e1e7cb8b044e568814f712c39249b7b12d76f17(
    *,
    envoy_service: typing.Optional[typing.Union[EnvoyProxySpecProviderKubernetesEnvoyService, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__d1bd4e457198fe74d18c81d222fa222183563523c590b2653e5994a34f47cde0(
    *,
    type: typing.Optional[EnvoyProxySpecProviderKubernetesEnvoyServiceType] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__5f72aa91e843ccb7af42c09f1562c4af3c4767d49f2598f6491d1bf159dffacf(
    scope: _constructs_77d1e7e8.Construct,
    id: builtins.str,
    *,
    spec: typing.Union[SecurityPolicySpec, typing.Dict[builtins.str, typing.Any]],
    metadata: typing.Optional[typing.Union[_cdk8s_d3d9af27.ApiObjectMetadata, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__4283a0c7430dd235779a5824aa466062fc3bf0240cdd82a6d85bce9df80432e5(
    *,
    spec: typing.Union[SecurityPolicySpec, typing.Dict[builtins.str, typing.Any]],
    metadata: typing.Optional[typing.Union[_cdk8s_d3d9af27.ApiObjectMetadata, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__42073503e4df6ff7ca66efd16b0b6c0364efe6a66fd02733e484d77f057eae51(
    *,
    authorization: typing.Optional[typing.Union[SecurityPolicySpecAuthorization, typing.Dict[builtins.str, typing.Any]]] = None,
    cors: typing.Optional[typing.Union[SecurityPolicySpecCors, typing.Dict[builtins.str, typing.Any]]] = None,
    target_refs: typing.Optional[typing.Sequence[typing.Union[SecurityPolicySpecTargetRefs, typing.Dict[builtins.str, typing.Any]]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__12df3465eca5780d9e6dd639138b28bf050eef5f1bb4b48f6cde668c5fe4b3b2(
    *,
    default_action: typing.Optional[SecurityPolicySpecAuthorizationDefaultAction] = None,
    rules: typing.Optional[typing.Sequence[typing.Union[SecurityPolicySpecAuthorizationRules, typing.Dict[builtins.str, typing.Any]]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__528d442a8bf26a1b8df482f1e915322a55481b13db6828b6ef5499628a1f916d(
    *,
    action: SecurityPolicySpecAuthorizationRulesAction,
    name: typing.Optional[builtins.str] = None,
    principal: typing.Optional[typing.Union[SecurityPolicySpecAuthorizationRulesPrincipal, typing.Dict[builtins.str, typing.Any]]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__3b39beeaf1e2fdb8c8a58226936d9732b93516381900434a680552378098bd38(
    *,
    client_cid_rs: typing.Optional[typing.Sequence[builtins.str]] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__30606492f2e2941b5f5213a80f478a9a9d651404e7d929e4b06259b698ce2d80(
    *,
    allow_credentials: typing.Optional[builtins.bool] = None,
    allow_headers: typing.Optional[typing.Sequence[builtins.str]] = None,
    allow_methods: typing.Optional[typing.Sequence[builtins.str]] = None,
    allow_origins: typing.Optional[typing.Sequence[builtins.str]] = None,
    expose_headers: typing.Optional[typing.Sequence[builtins.str]] = None,
    max_age: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass

def _typecheckingstub__992be523368066ed3d8cef3a07f7e4294342b9f45997e2ffd346ab56ff5a170c(
    *,
    group: builtins.str,
    kind: builtins.str,
    name: builtins.str,
    section_name: typing.Optional[builtins.str] = None,
) -> None:
    """Type checking stubs"""
    pass
