import { quoteLiteral } from '../../sql/index.js'

/** A path for DuckDB's readers, which take `*`, `?` and `[` for a pattern: the file is one file, whatever its name. */
export const sqlPath = (path: string) => quoteLiteral(path.replace(/[*?[]/g, (char) => `[${char}]`))
