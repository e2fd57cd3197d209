{#- One macro per strategy gives its statement; a project adds its own as get_incremental_<name>_sql. -#}
{% macro get_incremental_append_sql(arg_dict) %}
  {{ return(adapter.dispatch('get_incremental_append_sql', 'dbt')(arg_dict)) }}
{% endmacro %}
{% macro default__get_incremental_append_sql(arg_dict) %}
  {% do return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) %}
{% endmacro %}

{% macro get_incremental_delete_insert_sql(arg_dict) %}
  {{ return(adapter.dispatch('get_incremental_delete_insert_sql', 'dbt')(arg_dict)) }}
{% endmacro %}
{% macro default__get_incremental_delete_insert_sql(arg_dict) %}
  {% do return(get_delete_insert_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) %}
{% endmacro %}

{% macro get_incremental_merge_sql(arg_dict) %}
  {{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}
{% endmacro %}
{% macro default__get_incremental_merge_sql(arg_dict) %}
  {% do return(get_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) %}
{% endmacro %}

{% macro get_incremental_microbatch_sql(arg_dict) %}
  {{ return(adapter.dispatch('get_incremental_microbatch_sql', 'dbt')(arg_dict)) }}
{% endmacro %}
{% macro default__get_incremental_microbatch_sql(arg_dict) %}
  {% do exceptions.raise_not_implemented("The incremental strategy microbatch is not written for the adapter " ~ adapter.type()) %}
{% endmacro %}

{% macro get_incremental_default_sql(arg_dict) %}
  {{ return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) }}
{% endmacro %}
{% macro default__get_incremental_default_sql(arg_dict) %}
  {% if arg_dict['unique_key'] %}
    {% do return(get_incremental_delete_insert_sql(arg_dict)) %}
  {% endif %}
  {% do return(get_incremental_append_sql(arg_dict)) %}
{% endmacro %}

{% macro get_quoted_csv(names) %}
  {% set quoted = [] %}
  {% for name in names %}
    {% do quoted.append(adapter.quote(name)) %}
  {% endfor %}
  {% do return(quoted | join(', ')) %}
{% endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) %}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  insert into {{ target_relation }} ({{ names }})
  select {{ names }} from {{ temp_relation }}
{% endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {{ adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{% endmacro %}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- if unique_key -%}
    {#- As it was written: each side computes it for itself, so it may be an expression. A key with a null in it finds no row. -#}
    {%- set key = unique_key if unique_key is string else unique_key | join(', ') -%}
    delete from {{ target }} as DBT_INTERNAL_DEST
    where ({{ key }}) in (select distinct {{ key }} from {{ source }} as DBT_INTERNAL_SOURCE)
    {%- for predicate in incremental_predicates or [] %}
      and {{ predicate }}
    {%- endfor %};
  {%- endif %}
  insert into {{ target }} ({{ names }})
  select {{ names }} from {{ source }}
{% endmacro %}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(merge_update_columns, merge_exclude_columns, dest_columns)) }}
{% endmacro %}
{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {{ exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') }}
  {%- endif -%}
  {%- if merge_update_columns -%}
    {% do return(merge_update_columns) %}
  {%- endif -%}
  {%- set excluded = (merge_exclude_columns or []) | map('lower') | list -%}
  {%- set names = [] -%}
  {%- for column in dest_columns if column.name | lower not in excluded -%}
    {%- do names.append(column.quoted) -%}
  {%- endfor -%}
  {% do return(names) %}
{% endmacro %}

{#- Whether two rows have one key; nulls are equal where the project's flag says so. -#}
{% macro get_merge_unique_key_match(source_unique_key, target_unique_key) %}
  {{ return(adapter.dispatch('get_merge_unique_key_match', 'dbt')(source_unique_key, target_unique_key)) }}
{% endmacro %}
{% macro default__get_merge_unique_key_match(source_unique_key, target_unique_key) %}
  {{ return(equals(source_unique_key, target_unique_key) | trim) }}
{% endmacro %}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {#- `predicates` is the older name. -#}
  {% set incremental_predicates = kwargs.get('predicates', incremental_predicates) %}
  {{ adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{% endmacro %}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- set predicates = [] + (incremental_predicates or []) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set updates = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
  {%- if unique_key -%}
    {%- if unique_key is string -%}
      {%- do predicates.append(get_merge_unique_key_match('DBT_INTERNAL_SOURCE.' ~ unique_key, 'DBT_INTERNAL_DEST.' ~ unique_key)) -%}
    {%- else -%}
      {%- for key in unique_key -%}
        {%- do predicates.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
      {%- endfor -%}
    {%- endif -%}
  {%- else -%}
    {%- do predicates.append('false') -%}
  {%- endif -%}
  {{ header if header is not none }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on ({{ predicates | join(') and (') }})
  {% if unique_key -%}
  when matched then update set
    {% for name in updates %}{{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
  {%- endif %}
  when not matched then insert ({{ names }})
  values ({% for column in dest_columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ', ' if not loop.last }}{% endfor %})
{% endmacro %}

{#- Replaces what the predicates name by the rows of the source. -#}
{% macro get_incremental_insert_overwrite_sql(arg_dict) %}
  {{ return(adapter.dispatch('get_incremental_insert_overwrite_sql', 'dbt')(arg_dict)) }}
{% endmacro %}
{% macro default__get_incremental_insert_overwrite_sql(arg_dict) %}
  {% do return(get_insert_overwrite_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) %}
{% endmacro %}

{% macro get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) %}
  {{ adapter.dispatch('get_insert_overwrite_merge_sql', 'dbt')(target, source, dest_columns, predicates, include_sql_header) }}
{% endmacro %}
{% macro default__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) %}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none and include_sql_header }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on false
  when not matched by source {{ 'and ' ~ (predicates | join(' and ')) if predicates }}
    then delete
  when not matched then insert ({{ names }}) values ({{ names }})
{% endmacro %}
