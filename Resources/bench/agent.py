"""The agent of a stage while nothing happens."""
from stage import Stage, agent_process, cpu_share, rss_mib
import time


def measure(baton, table):
    with Stage(baton) as stage:
        pid = agent_process(stage.socket)
        time.sleep(3)
        table.add("idle agent: processor", cpu_share(pid, 20), "%", note="3 environments, looked at every 2 s; no budget")
        table.add("idle agent: memory", rss_mib(pid), "MiB", note="no budget")
