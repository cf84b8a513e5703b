"""What sampled films are judged by: see `interface` for what is judged, `reader` for the judge, `report` for the result."""
