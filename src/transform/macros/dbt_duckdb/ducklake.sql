{#- How a table of a DuckLake is laid out: `partitioned_by` and `sorted_by`, or by their other names `partition_by` and `sort_by`. -#}
{% macro duckdb__get_partitioned_by(relation, temporary) -%}
  {%- set parts = ducklake_layout(relation, temporary, 'partitioned_by', 'partition_by') -%}
  {{ return(parts | join(', ') if parts else none) }}
{%- endmacro %}

{#- Partitions may be expressions, so they stand as written; what sorts is a column. -#}
{% macro duckdb__get_sorted_by(relation, temporary) -%}
  {%- set parts = ducklake_layout(relation, temporary, 'sorted_by', 'sort_by') -%}
  {%- set quoted = [] -%}
  {%- for column in parts or [] -%}
    {%- do quoted.append(adapter.quote(column)) -%}
  {%- endfor -%}
  {{ return(quoted | join(', ') if quoted else none) }}
{%- endmacro %}

{#- What a setting lists, for the relation that stays and lies in a DuckLake; none for every other one. -#}
{% macro ducklake_layout(relation, temporary, name, other_name) -%}
  {%- set shown = name ~ '/' ~ other_name -%}
  {%- set given = config.get(name) -%}
  {%- if given is none or given == '' -%}
    {%- set given = config.get(other_name) -%}
  {%- endif -%}
  {%- if temporary or given is none or given == '' -%}
    {{ return(none) }}
  {%- endif -%}
  {%- set parts = normalize_string_or_list(given, shown) -%}
  {%- if not parts -%}
    {%- do exceptions.raise_compiler_error(shown ~ ' must contain at least one column') -%}
  {%- endif -%}
  {%- if config.get('materialized') in ['table', 'incremental'] and relation.identifier != this.identifier -%}
    {{ return(none) }}
  {%- endif -%}
  {%- if not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once(shown ~ ' is only supported for DuckLake relations; ignoring for ' ~ relation) -%}
    {{ return(none) }}
  {%- endif -%}
  {{ return(parts) }}
{%- endmacro %}

{#- The statements between an empty table and its rows. -#}
{% macro ducklake_alter_layout(relation, partitioned_by, sorted_by) -%}
  {%- if partitioned_by %}
  {{ duckdb__alter_table_set_partitioned_by(relation, partitioned_by) }}
  {%- endif %}
  {%- if sorted_by %}
  {{ duckdb__alter_table_set_sorted_by(relation, sorted_by) }}
  {%- endif %}
{%- endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}
