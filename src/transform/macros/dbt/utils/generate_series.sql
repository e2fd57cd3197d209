{#- How many doublings reach the number. -#}
{% macro get_powers_of_two(upper_bound) %}
  {{ return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) }}
{% endmacro %}
{% macro default__get_powers_of_two(upper_bound) %}
  {% if upper_bound <= 0 %}
    {{ exceptions.raise_compiler_error('The upper bound must be a positive number, not ' ~ upper_bound) }}
  {% endif %}
  {% set state = namespace(power=1) %}
  {% for power in range(1, 64) %}
    {% if 2 ** power < upper_bound %}
      {% set state.power = power + 1 %}
    {% endif %}
  {% endfor %}
  {{ return(state.power) }}
{% endmacro %}

{#- The numbers from 1 to the bound, in any SQL: bits crossed with bits. -#}
{% macro generate_series(upper_bound) %}
  {{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}
{% endmacro %}
{% macro default__generate_series(upper_bound) %}
  {%- set bits = dbt.get_powers_of_two(upper_bound) -%}
  with bit as (
    select 0 as value union all select 1
  ),
  numbers as (
    select
      {% for i in range(bits) %}b{{ i }}.value * {{ 2 ** i }} + {% endfor %}1 as generated_number
    from {% for i in range(bits) %}bit as b{{ i }}{{ ' cross join ' if not loop.last }}{% endfor %}
  )
  select generated_number
  from numbers
  where generated_number <= {{ upper_bound }}
  order by generated_number
{% endmacro %}
