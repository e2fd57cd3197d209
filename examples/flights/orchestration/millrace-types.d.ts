// What the compiler knows of this project. `millrace types` and `millrace up` write it anew when the project or its tables change:
// nobody edits it, and git keeps it.
export {}

declare module 'millrace' {
  interface ProjectTypes {
    tables: {
      'main/airport_corrections': {
        airport: string
        city: string | null
        state: string | null
      }
      'main/airports_history': {
        airport: string
        name: string | null
        city: string | null
        state: string | null
        dbt_scd_id: string | null
        dbt_updated_at: string | null
        dbt_valid_from: string | null
        dbt_valid_to: string | null
      }
      'main/int_capital_airports': {
        state: string
        state_name: string | null
        capital: string | null
        airport: string | null
        airport_name: string | null
        flights: number | bigint | null
        miles_to_airport: number | null
      }
      'main/int_daily_flights': {
        day: string
        origin: string
        flights: number | bigint | null
        timed_flights: number | bigint | null
        late_flights: number | bigint | null
        delay_minutes: number | bigint | null
        loaded_at: string | null
      }
      'main/int_days': {
        day: string
        flights: number | bigint | null
        timed_flights: number | bigint | null
        late_flights: number | bigint | null
        delay_minutes: number | bigint | null
        is_complete: boolean | null
      }
      'main/int_routes': {
        origin: string | null
        destination: string | null
        flights: number | bigint | null
        days_flown: number | bigint | null
        average_delay_minutes: number | null
        late_percentage: number | null
        distance_miles: number | null
      }
      'main/mart_airport_delays': {
        airport: string
        name: string | null
        city: string | null
        state: string
        region: string | null
        flights: number | bigint | null
        is_busy: boolean | null
        late_percentage: number | null
        average_delay_minutes: number | null
      }
      'main/mart_bird_strikes': {
        state: string
        state_name: string | null
        strikes: number | bigint | null
        damaging_strikes: number | bigint | null
        cost_usd: number | bigint | null
        usual_phase_of_flight: string | null
        usual_species: string | null
        flights: number | bigint | null
        strikes_per_100k_flights: number | null
      }
      'main/mart_capital_airports': {
        state: string
        state_name: string | null
        capital: string | null
        airport: string | null
        airport_name: string | null
        miles_to_airport: number | null
        flights: number | bigint | null
        destinations: number | bigint | null
        late_percentage: number | null
      }
      'main/mart_delays_by_hour': {
        hour: number | bigint
        weekday: string | null
        weekday_number: number | null
        is_weekend: boolean | null
        flights: number | bigint | null
        late_percentage: number | null
        average_delay_minutes: number | null
        median_delay_minutes: number | null
      }
      'main/mart_monthly_delays': {
        month: string
        region: string
        flights: number | bigint | null
        flights_per_day: number | null
        late_percentage: number | null
        average_delay_minutes: number | null
      }
      'main/mart_route_changes': {
        route: string
        origin: string | null
        destination: string | null
        flights_per_day_2001: number | null
        flights_per_day_2008: number | null
        change_percentage: number | null
        fate: string | null
      }
      'main/mart_routes': {
        route: string
        origin: string | null
        destination: string | null
        origin_city: string | null
        destination_city: string | null
        flights: number | bigint | null
        days_flown: number | bigint | null
        place: number | bigint | null
        distance_miles: number | null
        great_circle_miles: number | null
        average_delay_minutes: number | null
        late_percentage: number | null
        flights_back: number | bigint | null
      }
      'main/mart_state_delays': {
        state: string
        state_name: string | null
        region: string | null
        late_flights: number | bigint | null
        average_delay_of_late_flights: number | null
        longest_delay_minutes: number | null
      }
      'main/mart_worst_days': {
        day: string
        weekday: string | null
        note: string | null
        flights: number | bigint | null
        late_percentage: number | null
        average_delay_minutes: number | null
        place: number | bigint | null
      }
      'main/stg_airports': {
        airport: string
        name: string | null
        city: string | null
        state: string | null
        country: string | null
        latitude: number | null
        longitude: number | null
      }
      'main/stg_bird_strikes': {
        strike_id: number
        day: string | null
        state: string
        airport_name: string | null
        phase_of_flight: string | null
        time_of_day: string | null
        species: string | null
        wildlife_size: string | null
        is_damaging: boolean | null
        is_military: boolean | null
        cost_usd: number | bigint | null
      }
      'main/stg_day_notes': {
        day: string
        note: string | null
      }
      'main/stg_flights': {
        departed_at: string
        day: string
        planned_at: string | null
        origin: string | null
        destination: string | null
        distance_miles: number | null
        delay_minutes: number | null
        is_late: boolean | null
        loaded_at: string | null
      }
      'main/stg_route_counts_2008': {
        origin: string | null
        destination: string | null
        flights: number | null
      }
      'main/stg_state_capitals': {
        state: string
        state_name: string | null
        capital: string | null
        latitude: number | null
        longitude: number | null
      }
      'main/us_states': {
        code: string
        name: string
        region: string | null
      }
      'main/weekdays': {
        weekday: number
        name: string | null
        is_weekend: boolean | null
      }
      'raw/airports': {
        iata: string
        name: string | null
        city: string | null
        state: string | null
        country: string | null
        latitude: number | null
        longitude: number | null
        _ab_source_file_last_modified: string | null
        _airbyte_raw_id: string | null
        _airbyte_extracted_at: string | null
        _airbyte_meta: string | null
        _airbyte_generation_id: number | bigint | null
      }
      'raw/bird_strikes': {
        strike_id: number | bigint
        flight_date: string | null
        airport_name: string | null
        origin_state: string | null
        aircraft: string | null
        operator: string | null
        phase_of_flight: string | null
        time_of_day: string | null
        wildlife_species: string | null
        wildlife_size: string | null
        damage: string | null
        cost_usd: number | bigint | null
        speed_knots: number | bigint | null
        _ab_source_file_url: string | null
        _ab_source_file_last_modified: string | null
        _airbyte_raw_id: string | null
        _airbyte_extracted_at: string | null
        _airbyte_meta: string | null
        _airbyte_generation_id: number | bigint | null
      }
      'raw/day_notes': {
        day: string | null
        note: string | null
        _ab_source_file_url: string | null
        _ab_source_file_last_modified: string | null
        _airbyte_raw_id: string | null
        _airbyte_extracted_at: string | null
        _airbyte_meta: string | null
        _airbyte_generation_id: number | bigint | null
      }
      'raw/flights': {
        date: string
        delay: number | bigint | null
        distance: number | bigint | null
        origin: string
        destination: string
        _ab_source_file_last_modified: string | null
        _airbyte_raw_id: string | null
        _airbyte_extracted_at: string | null
        _airbyte_meta: string | null
        _airbyte_generation_id: number | bigint | null
      }
      'raw/route_counts_2008': {
        origin: string | null
        destination: string | null
        count: number | bigint | null
        _ab_source_file_last_modified: string | null
        _airbyte_raw_id: string | null
        _airbyte_extracted_at: string | null
        _airbyte_meta: string | null
        _airbyte_generation_id: number | bigint | null
      }
      'raw/state_capitals': {
        lon: number | null
        lat: number | null
        state: string
        city: string | null
        _ab_source_file_last_modified: string | null
        _airbyte_raw_id: string | null
        _airbyte_extracted_at: string | null
        _airbyte_meta: string | null
        _airbyte_generation_id: number | bigint | null
      }
    }
    assets: {
      'exposures/delay_dashboard': unknown
      'reports/delay_report': unknown
    }
    models: {
      /** The nearest airport with flights for each capital. */
      int_capital_airports: 'main/int_capital_airports'
      /** Flights and delays per day and airport of departure; only days with new rows are counted again. */
      int_daily_flights: 'main/int_daily_flights'
      /** The whole country day by day. */
      int_days: 'main/int_days'
      /** Flights and delays per direction of a route. */
      int_routes: 'main/int_routes'
      /** Which airports send their flights late? */
      mart_airport_delays: 'main/mart_airport_delays'
      /** Where do civil flights hit birds, how often for the traffic there, and at what cost? */
      mart_bird_strikes: 'main/mart_bird_strikes'
      /** How far is it from the capital of each state to a flight, and where to? */
      mart_capital_airports: 'main/mart_capital_airports'
      /** At what time of which weekday do flights run late? */
      mart_delays_by_hour: 'main/mart_delays_by_hour'
      /** How do traffic and delays change with the season, region by region? */
      mart_monthly_delays: 'main/mart_monthly_delays'
      /** Which routes of 2001 were still flown in 2008? More carriers had to report in 2008, so some of the new routes are only newly counted. */
      mart_route_changes: 'main/mart_route_changes'
      /** Which routes are flown most, how late are they, and which are flown one way only? */
      mart_routes: 'main/mart_routes'
      /** How bad is it, state by state, when a flight is late? */
      mart_state_delays: 'main/mart_state_delays'
      /** Which days went wrong, and was there a reason? Days that a file cuts off are left out. */
      mart_worst_days: 'main/mart_worst_days'
      /** Airports, one row per IATA code, with the gaps of the source filled by `airport_corrections`. */
      stg_airports: 'main/stg_airports'
      /** Collisions with wildlife, one row each. */
      stg_bird_strikes: 'main/stg_bird_strikes'
      /** All remarks on a day in one text. */
      stg_day_notes: 'main/stg_day_notes'
      /** Flights with clean names and credible delays; flights that end where they began are left out. */
      stg_flights: 'main/stg_flights'
      /** Routes of 2008, one row per direction. */
      stg_route_counts_2008: 'main/stg_route_counts_2008'
      /** Capitals with the codes of their states. */
      stg_state_capitals: 'main/stg_state_capitals'
    }
    seeds: {
      /** City and state of airports that airports.csv gives as `NA`. */
      airport_corrections: 'main/airport_corrections'
      /** States and territories with the codes that airports.csv uses, and their census regions. */
      us_states: 'main/us_states'
      /** Names of the weekdays by ISO number. */
      weekdays: 'main/weekdays'
    }
    snapshots: {
      /** What airports were called and where they were, with the time from and to which it held. */
      airports_history: 'main/airports_history'
    }
    sources: {
      /** Airports of the United States with their places. */
      'raw.airports': 'raw/airports'
      /** Collisions with wildlife, a sample of the Federal Aviation Administration's database: one file per quarter in data/bird_strikes; the records of a corrected file replace the earlier ones. */
      'raw.bird_strikes': 'raw/bird_strikes'
      /** Remarks on days that people drop into data/incoming. */
      'raw.day_notes': 'raw/day_notes'
      /** Three million flights within the United States, January to June 2001, as published by the Bureau of Transportation Statistics. Cancelled flights are not in it, nor is the carrier. */
      'raw.flights': 'raw/flights'
      /** How often each route was flown in 2008, for a look at what became of the routes of 2001. */
      'raw.route_counts_2008': 'raw/route_counts_2008'
      /** The capital of each state. */
      'raw.state_capitals': 'raw/state_capitals'
    }
    connections: {
      bird_strikes: {
        /** Collisions with wildlife, a sample of the Federal Aviation Administration's database: one file per quarter in data/bird_strikes; the records of a corrected file replace the earlier ones. */
        bird_strikes: 'raw/bird_strikes'
      }
      flights: {
        /** Three million flights within the United States, January to June 2001, as published by the Bureau of Transportation Statistics. Cancelled flights are not in it, nor is the carrier. */
        flights: 'raw/flights'
      }
      incoming: {
        /** Remarks on days that people drop into data/incoming. */
        day_notes: 'raw/day_notes'
      }
      reference: {
        /** Airports of the United States with their places. */
        airports: 'raw/airports'
        /** How often each route was flown in 2008, for a look at what became of the routes of 2001. */
        route_counts_2008: 'raw/route_counts_2008'
        /** The capital of each state. */
        state_capitals: 'raw/state_capitals'
      }
    }
  }
}
