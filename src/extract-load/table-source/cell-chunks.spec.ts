import { describe, expect, it } from 'vitest'
import type { Cell, ColumnChunk } from '../../warehouse/index.js'
import { cellChunks } from './cell-chunks.js'
import { type CellColumnReader, decimalCells, textCells } from './cell-reader.js'

async function read(reader: CellColumnReader, cells: readonly Cell[]): Promise<ColumnChunk[]> {
  const found: ColumnChunk[] = []
  const pieces = async function* () {
    yield { columns: [], rows: cells.map((cell) => [cell]), truncated: false }
  }
  for await (const chunk of cellChunks(pieces(), [reader], () => {})) found.push(chunk)
  return found
}

describe('cellChunks', () => {
  it('refuses decimals that have no place, and cuts no digits', async () => {
    const cells = ['1.25', '-0.50', '1.250000', '1E+40', '1.255', '', '.', 'NaN', '100000', '.5', '3', '99999.99', null]
    const [chunk] = await read(decimalCells(7, 2), cells)
    expect(chunk?.columns[0]?.unfitRows).toEqual([3, 4, 5, 6, 7, 8])
    const data = chunk?.columns[0]?.data as Uint8Array
    const view = new DataView(data.buffer, data.byteOffset)
    expect([0, 1, 2, 9, 10, 11].map((row) => view.getInt32(row * 4, true))).toEqual([125, -50, 125, 50, 300, 9_999_999])
  })

  it('hands rows with long texts on before they fill a chunk', async () => {
    const long = 'x'.repeat(6 * 1024 * 1024)
    const chunks = await read(textCells(), [long, long, long, 'short'])
    expect(chunks.map(({ rowCount }) => rowCount)).toEqual([3, 1])
  })
})
