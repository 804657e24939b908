"""Worker processes: where workbooks are opened and built, warm, with limits, each death costing one job.

Nothing of a workbook is opened anywhere else. A worker touches no ledger, no outbox and no clock; it gets plain data
and gives plain data back. Definitions are loaded once, in a process of their own (`nursery`), of which every worker is
a copy: warm from the start and cheap to replace. Limits: traps.md, "Memory and time".
"""

from pipeline.workers.builder import Builder, Job, LoadBuilder
from pipeline.workers.pool import Pending, Workers

__all__ = ["Builder", "Job", "LoadBuilder", "Pending", "Workers"]
