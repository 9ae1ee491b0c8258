#!/bin/sh
# The command on the PATH: knows the configuration of the service, and works on its data as its user.
set -e
if [ -z "${ALPHAESS_LOCAL_CONFIG+given}" ]; then
  ALPHAESS_LOCAL_CONFIG=/etc/alphaess-local/alphaess-local.yaml
  export ALPHAESS_LOCAL_CONFIG
fi
program=/usr/lib/alphaess-local
set -- "$program/bin/node" "$program/bin/alphaess-local.mjs" "$@"
# What root writes into the data folder the service could not read.
if [ "$(id -u)" = 0 ] && id alphaess-local >/dev/null 2>&1; then
  exec setpriv --reuid=alphaess-local --regid=alphaess-local --init-groups "$@"
fi
exec "$@"
