#!/bin/sh
# Makes the namespace of our runs as soon as Temporal answers. Safe to run at every start.
set -u
until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done
temporal operator namespace describe -n sojourn >/dev/null 2>&1 ||
  temporal operator namespace create -n sojourn --retention 30d
