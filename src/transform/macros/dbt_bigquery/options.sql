{#- Options of tables and views as DDL has them. -#}
{% macro bigquery_options(opts) %}
  {% set parts = [] %}
  {% for name, value in opts.items() %}
    {% do parts.append(name ~ '=' ~ value) %}
  {% endfor %}
  {% do return('options(' ~ (parts | join(', ')) ~ ')') %}
{%- endmacro -%}

{% macro bigquery_table_options(config, node, temporary=False) %}
  {% do return(bigquery_options(adapter.get_table_options(config, node, temporary))) %}
{%- endmacro -%}

{% macro bigquery_view_options(config, node) %}
  {% do return(bigquery_options(adapter.get_view_options(config, node))) %}
{%- endmacro -%}

{#- How the rows of a table are laid out. -#}
{% macro partition_by(partition_config) -%}
  {%- if partition_config is none -%}
    {% do return('') %}
  {%- elif partition_config.time_ingestion_partitioning -%}
    partition by {{ partition_config.render_wrapped() }}
  {%- elif partition_config.data_type in ('date', 'timestamp', 'datetime') -%}
    partition by {{ partition_config.render() }}
  {%- elif partition_config.data_type == 'int64' -%}
    {%- set range = partition_config.range -%}
    partition by range_bucket({{ partition_config.field }}, generate_array({{ range.start }}, {{ range.end }}, {{ range.interval }}))
  {%- endif -%}
{%- endmacro -%}

{% macro cluster_by(raw_cluster_by) %}
  {%- if raw_cluster_by is not none -%}
    cluster by {{ raw_cluster_by if raw_cluster_by is string else raw_cluster_by | join(', ') }}
  {%- endif -%}
{%- endmacro -%}
