import { decimal, integer, text, timestamp } from './columns.js'
import { Draws } from './draws.js'
import { fakeStream } from './fake-stream.js'
import { day, microseconds, seconds, updateTime } from './times.js'
import { productNames } from './words.js'

export const productCount = productNames.length

const firstOffered = seconds('2014-01-01T00:00:00Z')

/** The same number of them whatever the number of users, and all of them older than any user. */
export const products = fakeStream(
  'products',
  {
    id: integer,
    make: text,
    model: text,
    year: integer,
    price: decimal,
    created_at: timestamp,
    updated_at: timestamp,
  },
  {
    rowsOf: () => productCount,
    write(rows, to) {
      const draws = new Draws(rows.seed, 2)
      for (let row = 0; row < rows.rowCount; row++) {
        const id = rows.first + row
        draws.row(id)
        const [make, model] = productNames[id - 1] as (typeof productNames)[number]
        to.id.set(row, id)
        to.make.text(row, make)
        to.model.text(row, model)
        to.year.set(row, draws.between(1990, 2013))
        to.price.set(row, draws.between(1_000_00, 60_000_00))
        to.created_at.set(row, microseconds(firstOffered + draws.below(365 * day)))
        to.updated_at.set(row, updateTime(id, rows))
      }
    },
  },
)
