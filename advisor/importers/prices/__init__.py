"""Price files: provider catalogs, own quotes, billing exports."""
