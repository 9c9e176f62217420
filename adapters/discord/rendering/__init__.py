"""From replies to what Discord shows: embeds, components and modals, within its limits."""
