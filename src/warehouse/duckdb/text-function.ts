import type { DuckDBConnection } from '@duckdb/node-api'
import { DuckDBScalarFunction, VARCHAR } from './driver.js'

/** Lets SQL call a function of this process with an argument and a text; it is not called for NULL. */
export function addTextFunction(
  connection: DuckDBConnection,
  name: string,
  use: (argument: string, text: string) => string,
  volatile: boolean,
): void {
  const scalar = DuckDBScalarFunction.create({
    name,
    volatile,
    returnType: VARCHAR,
    parameterTypes: [VARCHAR, VARCHAR],
    mainFunction(_, chunk, output) {
      const [parameters, texts] = [chunk.getColumnVector(0), chunk.getColumnVector(1)]
      for (let row = 0; row < chunk.rowCount; row++) {
        const [argument, text] = [parameters.getItem(row), texts.getItem(row)]
        output.setItem(row, typeof argument === 'string' && typeof text === 'string' ? use(argument, text) : null)
      }
      output.flush()
    },
  })
  connection.registerScalarFunction(scalar)
}
