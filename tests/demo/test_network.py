"""The plan is consistent: what it names exists, and nothing in it belongs to anybody."""

from ipaddress import ip_address, ip_network

from tollbook.demo.network import CARRIERS, CUSTOMERS, DESTINATIONS, INCIDENT, ROUTES

TEST_NETS = [ip_network("192.0.2.0/24"), ip_network("198.51.100.0/24"), ip_network("203.0.113.0/24")]


def test_shares_of_customers_add_up_to_all_calls():
    assert sum(round(customer.share * 100) for customer in CUSTOMERS) == 100


def test_customers_call_destinations_that_exist():
    names = {destination.name for destination in DESTINATIONS}
    assert all(set(customer.mix) <= names for customer in CUSTOMERS)


def test_routes_name_carriers_that_exist():
    ids = {carrier.id for carrier in CARRIERS}
    assert all(set(order) <= ids for choices in ROUTES.values() for order, _ in choices)
    assert INCIDENT.carrier in ids


def test_every_destination_has_a_route():
    assert {destination.route for destination in DESTINATIONS} <= set(ROUTES)


def test_both_kinds_of_customers_are_there():
    assert sum(customer.dialer for customer in CUSTOMERS) == 2
    assert len(CUSTOMERS) == 6


def test_ids_are_unique():
    ids = [party.id for party in (*CUSTOMERS, *CARRIERS)]
    assert len(set(ids)) == len(ids)


def test_addresses_are_of_the_networks_for_documentation():
    assert all(any(ip_address(c.source_ip) in net for net in TEST_NETS) for c in CUSTOMERS)
