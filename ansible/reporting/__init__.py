"""The report of a fabric: what all nodes answered (collect) -> a model (nodes, cables, tiers, judge) -> one HTML page (layout, picture, page)."""
