import { integer, object, text, timestamp } from './columns.js'
import { Draws } from './draws.js'
import { fakeStream } from './fake-stream.js'
import { day, endOfStory, microseconds, seconds, updateTime } from './times.js'
import {
  academicDegrees,
  bloodTypes,
  cities,
  countryCodes,
  emailDomains,
  firstNames,
  genders,
  languages,
  lastNames,
  nationalities,
  occupations,
  provinces,
  states,
  streetKinds,
  streetNames,
  titles,
} from './words.js'

const addressFields = ['street_number', 'street_name', 'city', 'state', 'province', 'postal_code', 'country_code']

const firstSignUp = seconds('2015-01-01T00:00:00Z')
/** Early enough to buy something, and to give it back. */
const lastSignUp = endOfStory - 90 * day

/** What a user's row is drawn from. */
export const userDraws = (seed: number) => new Draws(seed, 1)

/** When a user signed up, in seconds since 1970. The first thing that is drawn of a user, so that others can ask for it alone. */
export const signUpTime = (draws: Draws) => draws.between(firstSignUp, lastSignUp)

const digits = (number: number, length: number) => String(number).padStart(length, '0')

export const users = fakeStream(
  'users',
  {
    id: integer,
    created_at: timestamp,
    updated_at: timestamp,
    name: text,
    title: text,
    age: integer,
    email: text,
    telephone: text,
    gender: text,
    language: text,
    academic_degree: text,
    nationality: text,
    occupation: text,
    height: text,
    blood_type: text,
    weight: integer,
    address: object(addressFields),
  },
  {
    rowsOf: (count) => count,
    write(rows, to) {
      const draws = userDraws(rows.seed)
      for (let row = 0; row < rows.rowCount; row++) {
        const id = rows.first + row
        draws.row(id)
        to.id.set(row, id)
        to.created_at.set(row, microseconds(signUpTime(draws)))
        to.updated_at.set(row, updateTime(id, rows))
        const first = draws.of(firstNames)
        const last = draws.of(lastNames)
        to.name.text(row, `${first} ${last}`)
        to.title.word(row, draws.of(titles))
        to.age.set(row, draws.between(16, 90))
        // The number tells apart people of one name. The domains belong to nobody, and neither do the numbers of telephones.
        to.email.text(row, `${first.toLowerCase()}.${last.toLowerCase()}+${id}@${draws.of(emailDomains)}`)
        to.telephone.text(row, `+1-${draws.between(200, 999)}-555-01${digits(draws.below(100), 2)}`)
        to.gender.word(row, draws.of(genders))
        to.language.word(row, draws.of(languages))
        to.academic_degree.word(row, draws.of(academicDegrees))
        to.nationality.word(row, draws.of(nationalities))
        to.occupation.word(row, draws.of(occupations))
        to.height.text(row, `1.${draws.between(50, 99)}`)
        to.blood_type.word(row, draws.of(bloodTypes))
        to.weight.set(row, draws.between(45, 110))
        to.address.text(
          row,
          `{"street_number":"${draws.between(1, 1499)}","street_name":"${draws.of(streetNames)} ${draws.of(streetKinds)}","city":"${draws.of(cities)}","state":"${draws.of(states)}","province":"${draws.of(provinces)}","postal_code":"${digits(draws.below(100_000), 5)}","country_code":"${draws.of(countryCodes)}"}`,
        )
      }
    },
  },
)
