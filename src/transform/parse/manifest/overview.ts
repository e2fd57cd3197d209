import type { ManifestResource } from '../../contract.js'

/** What the documentation site shows first, unless the project has a docs block `__overview__` of its own. */
export const overview: ManifestResource = {
  unique_id: 'doc.dbt.__overview__',
  resource_type: 'doc',
  name: '__overview__',
  package_name: 'dbt',
  path: 'overview.md',
  original_file_path: 'docs/overview.md',
  block_contents: `### Documentation of this project

**Project** lists models, tests and sources by the folders of their files, **Database** by where they are built. A model's page
shows its columns, what it depends on, and its SQL as written and as compiled. The button at the lower right draws the lineage.

To write this page yourself, put \`{% docs __overview__ %} … {% enddocs %}\` into a Markdown file of the project.`,
}
