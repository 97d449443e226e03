-- The shape of the snapshots that the last build wrote: a build with another one writes them anew at its start.
CREATE TABLE snapshot_shapes (
    name       varchar     NOT NULL PRIMARY KEY,
    shape      varchar     NOT NULL,
    rebuilt_at timestamptz NOT NULL DEFAULT now()
);
