import { dateTimeModule, zonesModule } from './python-datetime.js'
import { itertoolsModule } from './python-itertools.js'
import { regexModule } from './python-regex.js'

/** `modules.datetime`, `modules.re`, `modules.pytz`, `modules.itertools`. */
export const pythonModules: Readonly<Record<string, unknown>> = {
  datetime: dateTimeModule,
  re: regexModule,
  pytz: zonesModule,
  itertools: itertoolsModule,
}
