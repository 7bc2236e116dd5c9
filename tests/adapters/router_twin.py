"""The router twin, which is shipped with the SDK: authors of channels test with it too."""

from adapters.sdk.conformance.router_twin import RouterTwin

__all__ = ["RouterTwin"]
