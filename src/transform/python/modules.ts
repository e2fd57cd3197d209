import { dateTimeModule, zonesModule } from './datetime.js'
import { itertoolsModule } from './itertools.js'
import { regexModule } from './regex.js'

/** `modules.datetime`, `modules.re`, `modules.pytz`, `modules.itertools`. */
export const pythonModules: Readonly<Record<string, unknown>> = {
  datetime: dateTimeModule,
  re: regexModule,
  pytz: zonesModule,
  itertools: itertoolsModule,
}
