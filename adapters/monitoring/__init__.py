"""Monitoring of the bot: Prometheus, a load balancer, a container's health check."""
