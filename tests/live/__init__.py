"""Rendered manifests, run: real servers in namespaces of their own, with the cluster around them.

The runner takes rendered objects, not copies of them, and does with each pod what a kubelet, a
container runtime, kube-proxy, CoreDNS and the controllers of workloads would do. `Cluster` in
`cluster.py` is where to start reading.

``docs/live-tests.md`` says which file stands for what, what is not done, and how to write a test.
"""
