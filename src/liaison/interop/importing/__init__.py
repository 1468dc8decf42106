"""Records of other systems into this one: FHIR R4 bundles and NDJSON, plain or gzip.

`import_paths` reads files and folders, `import_bundles` takes bundles that are in memory. Every resource is stored, is
already here, or is kept in the intake with the reason; importing twice changes nothing; a broken file stops nothing but
itself.
"""

from liaison.interop.importing.importer import Progress, import_bundles, import_items, import_paths
from liaison.interop.importing.report import Report

__all__ = ["Progress", "Report", "import_bundles", "import_items", "import_paths"]
