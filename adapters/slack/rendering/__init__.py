"""From replies to what Slack shows: blocks, mrkdwn and modal views, within its limits."""
