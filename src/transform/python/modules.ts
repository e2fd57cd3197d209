import { dateTimeModule, regexModule, zonesModule } from '../../python/index.js'
import { itertoolsModule } from './itertools.js'

/** `modules.datetime`, `modules.re`, `modules.pytz`, `modules.itertools`. */
export const pythonModules: Readonly<Record<string, unknown>> = {
  datetime: dateTimeModule,
  re: regexModule,
  pytz: zonesModule,
  itertools: itertoolsModule,
}
