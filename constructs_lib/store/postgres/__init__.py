"""PostgreSQL: alone, and replicated by Patroni over etcd."""
