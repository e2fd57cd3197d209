{#-
  How many bounds of the part lie between two times. Days are counted by dates, what is longer by the calendar's own fields,
  what is shorter by the time of day on top of the days.
-#}
{% macro postgres__datediff(first_date, second_date, datepart) -%}
  {%- set first = '(' ~ first_date ~ ')' -%}
  {%- set second = '(' ~ second_date ~ ')' -%}
  {%- set days = '(' ~ second ~ '::date - ' ~ first ~ '::date)' -%}
  {%- set years = _postgres_fields_between(first, second, 'year', 'date') -%}
  {%- set hours = '(' ~ days ~ ' * 24 + ' ~ _postgres_fields_between(first, second, 'hour', 'timestamp') ~ ')' -%}
  {%- set minutes = '(' ~ hours ~ ' * 60 + ' ~ _postgres_fields_between(first, second, 'minute', 'timestamp') ~ ')' -%}
  {%- if datepart == 'year' -%}
  {{ years }}
  {%- elif datepart == 'quarter' -%}
  ({{ years }} * 4 + {{ _postgres_fields_between(first, second, 'quarter', 'date') }})
  {%- elif datepart == 'month' -%}
  ({{ years }} * 12 + {{ _postgres_fields_between(first, second, 'month', 'date') }})
  {%- elif datepart == 'week' -%}
  {#- Weeks begin on Sundays: the days from the Sunday before the first date to the one before the second. -#}
  (({{ days }} + date_part('dow', {{ first }}::timestamp)::int - date_part('dow', {{ second }}::timestamp)::int) / 7)
  {%- elif datepart == 'day' -%}
  {{ days }}
  {%- elif datepart == 'hour' -%}
  {{ hours }}
  {%- elif datepart == 'minute' -%}
  {{ minutes }}
  {%- elif datepart in ('second', 'millisecond', 'microsecond') -%}
  {%- set in_a_minute = {'second': 60, 'millisecond': 60000, 'microsecond': 60000000}[datepart] -%}
  ({{ minutes }} * {{ in_a_minute }}
    + floor(date_part('{{ datepart }}', {{ second }}::timestamp)) - floor(date_part('{{ datepart }}', {{ first }}::timestamp)))
  {%- else -%}
  {{ exceptions.raise_compiler_error('Unsupported datepart for macro datediff in postgres: {!r}'.format(datepart)) }}
  {%- endif -%}
{%- endmacro %}

{% macro _postgres_fields_between(first, second, field, type) -%}
  (date_part('{{ field }}', {{ second }}::{{ type }}) - date_part('{{ field }}', {{ first }}::{{ type }}))
{%- endmacro %}
