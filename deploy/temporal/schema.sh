#!/bin/sh
# Makes Temporal's two databases, or brings them to this version's schema. Safe to run at every start.
set -eu
schema=/etc/temporal/schema/postgresql/v12
for database in temporal temporal_visibility; do
  folder=${database#temporal_}
  tool() { temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db "$database" "$@"; }
  # The first two fail where an earlier start has done them already.
  tool create || true
  tool setup-schema -v 0.0 || true
  tool update-schema -d "$schema/$folder/versioned"
done
