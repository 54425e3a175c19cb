"""nova-services: five services on the shared stores."""
