{#- Spark answers NULL for what is no date; here that is an error, unless it was NULL before. -#}
{% macro assert_not_null(function, arg) -%}
  {{ return(adapter.dispatch('assert_not_null', 'dbt')(function, arg)) }}
{%- endmacro %}
{% macro spark__assert_not_null(function, arg) %}
  {%- set made = function ~ '(' ~ arg ~ ')' -%}
  coalesce({{ made }}, nvl2({{ made }}, assert_true({{ made }} is not null), null))
{%- endmacro %}

{% macro spark__date(year, month, day) -%}
  to_date('{{ modules.datetime.date(year, month, day).strftime('%Y-%m-%d') }}', 'yyyy-MM-dd')
{%- endmacro %}

{#- Days and months are counted from the date, and the time of day is put back. -#}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) %}
  {%- set from_day = assert_not_null('date', from_date_or_timestamp) -%}
  {%- set clock = 'to_unix_timestamp(' ~ assert_not_null('to_timestamp', from_date_or_timestamp) ~ ') - to_unix_timestamp(' ~ from_day ~ ')' -%}
  {%- set days = {'day': 1, 'week': 7} -%}
  {%- set months = {'month': 1, 'quarter': 3, 'year': 12} -%}
  {%- set seconds = {'hour': 3600, 'minute': 60, 'second': 1, 'millisecond': '(1/1000000)', 'microsecond': '(1/1000000)'} -%}
  {%- if datepart in days -%}
  to_timestamp(to_unix_timestamp(date_add({{ from_day }}, cast({{ interval }} * {{ days[datepart] }} as int))) + {{ clock }})
  {%- elif datepart in months -%}
  to_timestamp(to_unix_timestamp(add_months({{ from_day }}, cast({{ interval }} * {{ months[datepart] }} as int))) + {{ clock }})
  {%- elif datepart in seconds -%}
  to_timestamp({{ assert_not_null('to_unix_timestamp', from_date_or_timestamp) }} + cast({{ interval }} * {{ seconds[datepart] }} as int))
  {%- else -%}
    {%- do exceptions.raise_compiler_error('dateadd has no part ' ~ datepart ~ ' on Spark') -%}
  {%- endif -%}
{% endmacro %}

{% macro spark__datediff(first_date, second_date, datepart) %}
  {%- if datepart in ['day', 'week', 'month', 'quarter', 'year'] -%}
    {%- set first = assert_not_null('date', first_date) -%}
    {%- set second = assert_not_null('date', second_date) -%}
    {{ spark_calendar_difference(first, second, datepart) }}
  {%- elif datepart in ['hour', 'minute', 'second', 'millisecond', 'microsecond'] -%}
    {{ spark_clock_difference(first_date, second_date, datepart) }}
  {%- else -%}
    {%- do exceptions.raise_compiler_error('datediff has no part ' ~ datepart ~ ' on Spark') -%}
  {%- endif -%}
{% endmacro %}

{#- Whole parts between the two, and one more where a bound of the part was crossed besides. -#}
{% macro spark_calendar_difference(first, second, datepart) %}
  {%- set day_of_quarter = ['(dayofyear(', ') - (quarter(', ') * 365/4))'] -%}
  {%- if datepart == 'day' -%}
  datediff({{ second }}, {{ first }})
  {%- elif datepart == 'year' -%}
  year({{ second }}) - year({{ first }})
  {%- else -%}
    {%- if datepart == 'week' -%}
      {%- set whole = 'datediff(' ~ second ~ ', ' ~ first ~ ')/7' -%}
      {%- set place_of = ['dayofweek(' ~ first ~ ')', 'dayofweek(' ~ second ~ ')'] -%}
    {%- elif datepart == 'month' -%}
      {%- set whole = 'months_between(date(' ~ second ~ '), date(' ~ first ~ '))' -%}
      {%- set place_of = ['dayofmonth(' ~ first ~ ')', 'dayofmonth(' ~ second ~ ')'] -%}
    {%- else -%}
      {%- set whole = 'months_between(date(' ~ second ~ '), date(' ~ first ~ '))/3' -%}
      {%- set place_of = [day_of_quarter | join(first), day_of_quarter | join(second)] -%}
    {%- endif -%}
  case when {{ first }} < {{ second }} then floor({{ whole }}) else ceil({{ whole }}) end
  + case
    when {{ first }} < {{ second }} and {{ place_of[1] }} < {{ place_of[0] }} then 1
    when {{ first }} > {{ second }} and {{ place_of[1] }} > {{ place_of[0] }} then -1
    else 0 end
  {%- endif -%}
{% endmacro %}

{#- Spark's numbers of a time are seconds; what is smaller comes from its text. -#}
{% macro spark_clock_difference(first_date, second_date, datepart) %}
  {%- set divisor = {'hour': 3600, 'minute': 60, 'second': 1, 'millisecond': '(1/1000)', 'microsecond': '(1/1000000)'}[datepart] -%}
  {%- set moments = [] -%}
  {%- for moment in [first_date, second_date] -%}
    {%- do moments.append(assert_not_null('to_unix_timestamp', assert_not_null('to_timestamp', moment))) -%}
  {%- endfor -%}
  {%- set seconds = '(' ~ moments[1] ~ ' - ' ~ moments[0] ~ ')' -%}
  case when {{ first_date }} < {{ second_date }} then ceil({{ seconds }} / {{ divisor }}) else floor({{ seconds }} / {{ divisor }}) end
  {%- if datepart == 'millisecond' %}
  + cast(date_format({{ second_date }}, 'SSS') as int) - cast(date_format({{ first_date }}, 'SSS') as int)
  {%- elif datepart == 'microsecond' %}
  {%- set micros = '[0-9]{4}-[0-9]{2}-[0-9]{2}.[0-9]{2}:[0-9]{2}:[0-9]{2}.([0-9]{6})' %}
  + cast(regexp_extract({{ second_date }}, '{{ micros }}', 1) as int) - cast(regexp_extract({{ first_date }}, '{{ micros }}', 1) as int)
  {%- endif -%}
{% endmacro %}
