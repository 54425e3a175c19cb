#!/bin/sh
# Runs one member: Patroni, which starts PostgreSQL. Patroni is the first process of the container,
# so that it is the one who is asked to stop.
#
#   FOLDER                       where this script and patroni.yml are
#   DYNAMIC                      file with what a new cluster begins with
#   PATRONI_POSTGRESQL_DATA_DIR  folder of the data, below the volume
set -eu

data=$PATRONI_POSTGRESQL_DATA_DIR
if [ -d "$data" ]; then
    # The kubelet hands a volume to the pod's group, with permissions that PostgreSQL refuses.
    chmod u=rwx,go= "$data"
fi

# Patroni reads every file of one folder, and these two come from two.
mkdir -p /tmp/patroni
ln -sf "$FOLDER/patroni.yml" /tmp/patroni/patroni.yml
ln -sf "$DYNAMIC" /tmp/patroni/dynamic.yml

exec patroni /tmp/patroni
