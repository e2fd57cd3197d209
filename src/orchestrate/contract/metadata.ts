/** Typed metadata: what the UI shows and plots. Numbers are plotted over time. */
export type MetadataValue =
  | null
  | boolean
  | number
  | string
  | { readonly type: 'markdown'; readonly text: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'path'; readonly path: string }
  | { readonly type: 'json'; readonly value: unknown }
  | { readonly type: 'sql'; readonly text: string }
  /** Rows that are shown as a table, its columns those of the first. */
  | { readonly type: 'table'; readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[] }
  /** The columns of a table or view as they are in the warehouse. */
  | { readonly type: 'columns'; readonly columns: readonly { readonly name: string; readonly type: string }[] }
export type Metadata = Readonly<Record<string, MetadataValue>>
