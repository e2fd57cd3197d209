{% macro convert_datetime(date_str, date_fmt) %}
  {% set parsed = modules.datetime.datetime.strptime(date_str, date_fmt) %}
  {% do return(parsed) %}
{% endmacro %}

{#- Every day from start to end (both included), formatted; without an end only the start. -#}
{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt='%Y%m%d', out_fmt='%Y%m%d') %}
  {% set last_str = start_date_str if end_date_str is none else end_date_str %}
  {% set first = convert_datetime(start_date_str, in_fmt) %}
  {% set last = convert_datetime(last_str, in_fmt) %}
  {% set span = (last - first).days %}
  {% if span < 0 %}
    {% do exceptions.raise_compiler_error('dates_in_range(): ' ~ last_str ~ ' lies before ' ~ start_date_str) %}
  {% endif %}
  {% set days = [] %}
  {% for offset in range(span + 1) %}
    {% set day = first + modules.datetime.timedelta(days=offset) %}
    {% do days.append(day.strftime(out_fmt)) %}
  {% endfor %}
  {% do return(days) %}
{% endmacro %}

{#- `20240101` or `20240101,20240107` → the list of days. -#}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') %}
  {% set ends = (raw_partition_date | string).split(',') %}
  {% if ends | length == 1 %}
    {% do return(dates_in_range(ends[0], none, date_fmt, date_fmt)) %}
  {% elif ends | length == 2 %}
    {% do return(dates_in_range(ends[0], ends[1], date_fmt, date_fmt)) %}
  {% endif %}
  {% do exceptions.raise_compiler_error('partition_range(): expected one date or two separated by a comma, got ' ~ raw_partition_date) %}
{% endmacro %}

{% macro py_current_timestring() %}
  {% set now = modules.datetime.datetime.now() %}
  {% do return(now.strftime('%Y%m%d%H%M%S%f')) %}
{% endmacro %}
