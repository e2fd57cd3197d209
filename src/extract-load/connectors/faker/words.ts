/** What made rows are put together from. Letters of ASCII only, and none that JSON would escape. */

/** Words that are values as they stand, in the bytes that a vector takes. */
const bytesOf = (words: string) => words.split(', ').map((word) => Buffer.from(word, 'latin1'))
const listOf = (words: string) => words.split(', ')

export const firstNames = listOf(
  'Ada, Adele, Agnes, Alan, Albert, Alice, Amara, Andre, Anna, Anton, Aisha, Ben, Bianca, Boris, Bruno, Carla, Carlos, Cecilia, Chidi, Clara, Daniel, Dara, David, Diana, Diego, Dora, Edith, Elena, Eli, Emil, Emma, Erik, Esther, Eva, Farid, Felix, Fiona, Flora, Frida, Gabriel, Gita, Grace, Greta, Gus, Hana, Hassan, Hector, Helen, Henry, Hugo, Ida, Ines, Ingrid, Irene, Isaac, Ivan, Jack, Jana, Jasmin, Joan, Jonas, Jorge, Judith, Julia, Kai, Karim, Kate, Kenji, Kira, Klara, Lara, Leon, Lena, Liam, Lina, Louis, Lucy, Magda, Marco, Maria, Mats, Maya, Mei, Milan, Mina, Nadia, Nico, Nina, Noah, Nora, Olga, Oscar, Otto, Pablo, Paula, Pedro, Petra, Priya, Quentin, Rafael, Ravi, Rita, Robin, Rosa, Ruth, Sami, Sana, Sara, Selma, Simon, Sofia, Stefan, Tara, Theo, Tilda, Tomas, Uma, Ursula, Vera, Victor, Wanda, Wei, Xenia, Yara, Yusuf, Zoe',
)

export const lastNames = listOf(
  'Abbott, Adeyemi, Ahmed, Almeida, Andersen, Baker, Banerjee, Barros, Becker, Bell, Berg, Bianchi, Blum, Bond, Borg, Brandt, Braun, Brooks, Cabrera, Carter, Castro, Chen, Cohen, Cole, Costa, Cruz, Dahl, Delgado, Diallo, Dietrich, Doyle, Dubois, Eriksen, Evans, Falk, Farkas, Ferrari, Fischer, Flores, Ford, Foster, Frank, Fuentes, Garcia, Gibson, Gomez, Gray, Gupta, Haas, Hale, Hansen, Hart, Haugen, Hayashi, Hill, Hoffman, Holm, Horvath, Hughes, Ibrahim, Ito, Ivanov, Jansen, Jensen, Johansson, Joshi, Kaplan, Kato, Keller, Khan, Kim, King, Klein, Kovac, Kumar, Lambert, Larsen, Laurent, Lee, Lehmann, Lindgren, Lopez, Lund, Maier, Mansour, Marin, Martin, Mbeki, Mendes, Meyer, Miller, Moreau, Morris, Mwangi, Nakamura, Nash, Navarro, Nguyen, Nielsen, Novak, Okafor, Olsen, Ortega, Owens, Park, Patel, Pereira, Petrov, Pham, Porter, Quinn, Ramos, Reed, Ricci, Rossi, Roth, Roy, Saito, Santos, Sato, Schmidt, Schulz, Shah, Silva, Singh, Sousa, Stein, Stone, Suzuki, Svensson, Takeda, Torres, Tran, Turner, Vargas, Vidal, Vogel, Wagner, Walker, Wang, Weber, Wood, Yamada, Yilmaz, Young, Zhang, Ziegler',
)

export const titles = bytesOf('Mr., Ms., Mrs., Mx., Dr., Prof.')
export const genders = bytesOf('Female, Male, Other')
export const emailDomains = listOf('example.com, example.org, example.net')
export const academicDegrees = bytesOf('Bachelor, Master, PhD')
export const bloodTypes = bytesOf('A+, A-, B+, B-, AB+, AB-, O+, O-')

export const languages = bytesOf(
  'Arabic, Bengali, Czech, Danish, Dutch, English, Finnish, French, German, Greek, Hebrew, Hindi, Hungarian, Indonesian, Italian, Japanese, Korean, Mandarin, Norwegian, Persian, Polish, Portuguese, Romanian, Spanish, Swahili, Swedish, Tamil, Thai, Turkish, Ukrainian, Urdu, Vietnamese',
)

export const nationalities = bytesOf(
  'Argentinian, Australian, Austrian, Belgian, Brazilian, British, Canadian, Chilean, Chinese, Czech, Danish, Dutch, Egyptian, Finnish, French, German, Greek, Hungarian, Indian, Indonesian, Irish, Italian, Japanese, Kenyan, Mexican, Moroccan, New Zealander, Nigerian, Norwegian, Polish, Portuguese, Romanian, South African, South Korean, Spanish, Swedish, Swiss, Turkish, Ukrainian, American',
)

export const occupations = bytesOf(
  'Accountant, Actor, Architect, Baker, Barista, Beekeeper, Bookbinder, Bricklayer, Bus driver, Carpenter, Chemist, Civil engineer, Cook, Dentist, Editor, Electrician, Farmer, Firefighter, Florist, Gardener, Geologist, Glassblower, Goldsmith, Hairdresser, Interpreter, Janitor, Journalist, Judge, Lawyer, Librarian, Locksmith, Machinist, Mathematician, Mechanic, Midwife, Miller, Musician, Nurse, Optician, Painter, Paramedic, Pharmacist, Photographer, Physicist, Pilot, Plumber, Police officer, Postal worker, Potter, Programmer, Psychologist, Roofer, Sailor, Shoemaker, Social worker, Surgeon, Surveyor, Tailor, Teacher, Train driver, Translator, Veterinarian, Waiter, Watchmaker, Weaver, Welder',
)

export const streetNames = listOf(
  'Acorn, Alder, Amber, Apple, Ash, Aspen, Barley, Beacon, Birch, Bridge, Brook, Canal, Cedar, Chapel, Cherry, Church, Clover, Copper, Cotton, Dove, Eagle, Elm, Factory, Falcon, Fern, Ferry, Field, Forest, Fountain, Garden, Grove, Harbor, Hawthorn, Hazel, Heron, Hill, Holly, Iron, Ivy, Juniper, Lake, Lantern, Laurel, Lime, Linden, Lock, Maple, Market, Meadow, Mill, Mulberry, North, Oak, Olive, Orchard, Park, Pearl, Pine, Plum, Poplar, Quarry, Railway, Ridge, River, Rose, Rowan, Saddle, School, Silver, South, Spring, Spruce, Station, Stone, Sunset, Sycamore, Tanner, Thistle, Valley, Violet, Walnut, Water, Weir, West, Wheel, Willow, Windmill, Wren',
)
export const streetKinds = listOf('Avenue, Close, Court, Drive, Lane, Place, Road, Row, Square, Street, Terrace, Way')

export const cities = listOf(
  'Alderbrook, Ashport, Barton Mills, Bayfield, Birchwood, Brackwater, Bridgeton, Brightmoor, Canalside, Cedar Falls, Clearwater, Coppergate, Crestview, Dunmore, Eastlake, Elmhurst, Fairhaven, Ferndale, Foxhollow, Glenbrook, Goldcrest, Greenfield, Harborview, Hazelton, Highbridge, Ironbridge, Kingsford, Lakewood, Lindenau, Longmeadow, Maplewood, Marlow, Meadowbank, Millbrook, Newbury, Northgate, Oakdale, Old Harbor, Pinehurst, Queensport, Redcliff, Ridgeway, Riverton, Rosedale, Saltmarsh, Seaview, Silverton, Southwold, Stonebridge, Summerfield, Thornbury, Underhill, Valley Springs, Watermill, Westbrook, Whitecliff, Willowdale, Windham, Woodstock, Yarrow',
)

export const states = listOf(
  'Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Georgia, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia, Washington, West Virginia, Wisconsin, Wyoming',
)
export const provinces = listOf(
  'Alberta, British Columbia, Manitoba, New Brunswick, Newfoundland and Labrador, Nova Scotia, Ontario, Prince Edward Island, Quebec, Saskatchewan',
)
export const countryCodes = listOf(
  'AR, AT, AU, BE, BR, CA, CH, CL, CN, CZ, DE, DK, EG, ES, FI, FR, GB, GR, HU, ID, IE, IN, IT, JP, KE, KR, MA, MX, NG, NL, NO, NZ, PL, PT, RO, SE, TR, UA, US, ZA',
)

const models: Readonly<Record<string, string>> = {
  Audi: '80, A3, A6, Q7, TT',
  BMW: '318i, 525d, X3, X5, Z4',
  Chevrolet: 'Camaro, Corvette, Impala, Malibu, Tahoe',
  Citroen: 'Berlingo, C3, C5, DS, Xantia',
  Dacia: 'Dokker, Duster, Lodgy, Logan, Sandero',
  Fiat: '500, Doblo, Panda, Punto, Tipo',
  Ford: 'Escort, Explorer, Fiesta, Focus, Mustang',
  Honda: 'Accord, Civic, CR-V, Jazz, Prelude',
  Hyundai: 'Accent, Elantra, i30, Santa Fe, Tucson',
  Kia: 'Ceed, Picanto, Rio, Sorento, Sportage',
  Mazda: '323, 626, CX-5, MX-5, RX-8',
  Nissan: 'Juke, Leaf, Micra, Patrol, Qashqai',
  Opel: 'Astra, Corsa, Insignia, Vectra, Zafira',
  Peugeot: '106, 205, 308, 406, 508',
  Renault: 'Clio, Espace, Kangoo, Megane, Twingo',
  Skoda: 'Fabia, Kodiaq, Octavia, Roomster, Superb',
  Subaru: 'Forester, Impreza, Legacy, Outback, XV',
  Toyota: 'Avensis, Camry, Corolla, RAV4, Yaris',
  Volkswagen: 'Caddy, Golf, Passat, Polo, Tiguan',
  Volvo: '240, 850, S60, V70, XC90',
}

/** Make and model of each product, in the order of their ids. Neighbours are of different makes. */
export const productNames: readonly (readonly [make: string, model: string])[] = [0, 1, 2, 3, 4].flatMap((place) =>
  Object.entries(models).map(([make, ofMake]) => [make, listOf(ofMake)[place] ?? ''] as const),
)
