"""Rendered manifests, run: real servers in namespaces of their own, with the cluster around them.

The runner takes rendered objects, not copies of them, and does with each pod what a kubelet, a
container runtime, kube-proxy, CoreDNS and the controllers of workloads would do. `Cluster` in
`cluster.py` is where to start reading.

What it does not do: it enforces no limits on memory, processor or the size of volumes, applies no
seccomp profile, has one node, no API server, no Ingress controller and no tokens of service
accounts. What it cannot do and a manifest asks for, it refuses.
"""
