"""How the two systems' orders, products and values are accounted for: every one stands somewhere, with a reason.

Pure. What has no reason is unexplained, and turns the nightly run red.
"""
