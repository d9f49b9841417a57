"""A real switch on this machine: Kamailio, with SIPp as customers and carriers, and the calls in progress as we are told them."""
