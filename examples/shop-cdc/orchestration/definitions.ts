import { defineProject, schedule } from 'millrace'

/** Six fields: the first one is seconds. While a run still goes the next one waits. */
const follow = schedule('follow_the_shop', {
  cron: '*/3 * * * * *',
  target: 'raw/shop_*+',
  overlap: 'skip',
  description: 'Reads what changed in the shop, and makes the marts of it.',
})

export default defineProject(follow)
