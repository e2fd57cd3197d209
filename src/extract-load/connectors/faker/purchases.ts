import { integer, timestamp } from './columns.js'
import { Draws } from './draws.js'
import { fakeStream } from './fake-stream.js'
import { productCount } from './products.js'
import { day, endOfStory, hour, microseconds, updateTime } from './times.js'
import { signUpTime, userDraws } from './users.js'

/**
 * As Airbyte's connector has it: of ten users, the last digits of whose ids are 1 to 9 and 0, the one with 7 buys nothing, the one with 9
 * buys twice, and each of the others once.
 */
const buyers = [1, 2, 3, 4, 5, 6, 8, 9, 9, 10]
/** How many purchases the first users of ten made. */
const purchasesOfFirst = [0, 1, 2, 3, 4, 5, 6, 6, 7, 9]

/** When the last cart was begun: what comes of it still happens before the end. */
const lastCart = endOfStory - 40 * day

export const purchases = fakeStream(
  'purchases',
  {
    id: integer,
    product_id: integer,
    user_id: integer,
    added_to_cart_at: timestamp,
    purchased_at: timestamp,
    returned_at: timestamp,
    created_at: timestamp,
    updated_at: timestamp,
  },
  {
    rowsOf: (users) => Math.floor(users / 10) * 10 + (purchasesOfFirst[users % 10] as number),
    write(rows, to) {
      const draws = new Draws(rows.seed, 3)
      const ofUsers = userDraws(rows.seed)
      for (let row = 0; row < rows.rowCount; row++) {
        const id = rows.first + row
        const user = Math.floor((id - 1) / 10) * 10 + (buyers[(id - 1) % 10] as number)
        draws.row(id)
        to.id.set(row, id)
        to.product_id.set(row, draws.between(1, productCount))
        to.user_id.set(row, user)
        const createdAt = draws.between(signUpTime(ofUsers.row(user)), lastCart)
        const addedAt = createdAt + draws.below(hour)
        const purchasedAt = draws.percent(70) ? addedAt + draws.below(3 * day) : undefined
        const returnedAt =
          purchasedAt !== undefined && draws.percent(15) ? purchasedAt + draws.between(1, 30) * day : undefined
        to.added_to_cart_at.set(row, microseconds(addedAt))
        if (purchasedAt === undefined) to.purchased_at.skip(row)
        else to.purchased_at.set(row, microseconds(purchasedAt))
        if (returnedAt === undefined) to.returned_at.skip(row)
        else to.returned_at.set(row, microseconds(returnedAt))
        to.created_at.set(row, microseconds(createdAt))
        to.updated_at.set(row, updateTime(id, rows))
      }
    },
  },
)
