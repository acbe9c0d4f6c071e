"""What production is watched with: dashboards, traces, saved queries, events of the database."""
