"""What sampled films are judged by.

`interface` says what is judged, `reader` is the judge, `suites` holds what is asked, `report` writes what comes out.
"""
